package dev.celadon.api;

import dev.celadon.api.accounts.AccountResource;
import dev.celadon.api.accounts.Accounts;
import dev.celadon.api.accounts.Admission;
import dev.celadon.api.accounts.Authorizations;
import dev.celadon.api.accounts.BrowserLogin;
import dev.celadon.api.accounts.Keys;
import dev.celadon.api.accounts.Passwords;
import dev.celadon.api.apps.AppStore;
import dev.celadon.api.apps.Apps;
import dev.celadon.api.apps.Collaborators;
import dev.celadon.api.apps.ConfigStore;
import dev.celadon.api.apps.RoutingOptions;
import dev.celadon.api.apps.Transfers;
import dev.celadon.api.audit.Audit;
import dev.celadon.api.audit.Changes;
import dev.celadon.api.catalog.Addons;
import dev.celadon.api.catalog.Catalog;
import dev.celadon.api.catalog.Features;
import dev.celadon.api.catalog.Schema;
import dev.celadon.api.domains.AcmeStore;
import dev.celadon.api.domains.AutomaticCertificates;
import dev.celadon.api.domains.CertificateStore;
import dev.celadon.api.domains.Domains;
import dev.celadon.api.domains.SniEndpoints;
import dev.celadon.api.http.Endpoints;
import dev.celadon.api.http.RateLimits;
import dev.celadon.api.jobs.JobClock;
import dev.celadon.api.jobs.Jobs;
import dev.celadon.api.pipelines.Couplings;
import dev.celadon.api.pipelines.PipelineTransfers;
import dev.celadon.api.pipelines.Pipelines;
import dev.celadon.api.pipelines.Promotions;
import dev.celadon.api.processes.Dynos;
import dev.celadon.api.processes.Formation;
import dev.celadon.api.processes.LogDrains;
import dev.celadon.api.processes.LogSessions;
import dev.celadon.api.processes.OneOffStore;
import dev.celadon.api.processes.OneOffs;
import dev.celadon.api.releases.Announcements;
import dev.celadon.api.releases.Buildpacks;
import dev.celadon.api.releases.Builds;
import dev.celadon.api.releases.ConfigVars;
import dev.celadon.api.releases.Deploys;
import dev.celadon.api.releases.Outputs;
import dev.celadon.api.releases.ReleasePhases;
import dev.celadon.api.releases.ReleaseStore;
import dev.celadon.api.releases.Releases;
import dev.celadon.api.releases.Rollouts;
import dev.celadon.api.releases.Slugs;
import dev.celadon.api.releases.Sources;
import dev.celadon.api.webhooks.Deliveries;
import dev.celadon.api.webhooks.Delivery;
import dev.celadon.api.webhooks.Events;
import dev.celadon.api.webhooks.Webhooks;
import dev.celadon.runtime.Bus;
import dev.celadon.runtime.Database;
import dev.celadon.runtime.Platform;
import dev.celadon.runtime.SecretKeys;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import java.time.Clock;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * Every resource of the API, wired.
 *
 * @param deploys to be called when a build may have ended
 * @param rollouts to be called when a rollout may have ended
 * @param jobs to be called every moment
 * @param phases to be called when a one-off dyno may have ended
 * @param deliveries to be called every moment
 * @param automatic to be called every moment
 * @param sources to be swept now and then
 */
record Resources(
        Endpoints endpoints,
        Deploys deploys,
        Rollouts rollouts,
        JobClock jobs,
        ReleasePhases phases,
        Delivery deliveries,
        Sources sources,
        OneOffStore oneOffs,
        CertificateStore certificates,
        AutomaticCertificates automatic,
        AcmeStore acme) {
    private static final Duration HOUR = Duration.ofHours(1);

    static Resources mount(
            Platform platform,
            ApiSettings settings,
            Router router,
            Accounts accounts,
            Passwords passwords,
            ConfigStore configs,
            Supplier<String> logplexUrl) {
        Vertx vertx = platform.vertx();
        Database database = platform.database();
        Bus bus = platform.bus();
        SecretKeys keys = platform.keys();
        Clock clock = platform.clock();
        ApiSettings.Limits limits = settings.limits();
        ApiSettings.Webhooks hooks = settings.webhooks();

        RateLimits passwordTries = new RateLimits(limits.passwordsPerHour(), HOUR, clock);
        Admission admission =
                new Admission(accounts, new RateLimits(limits.requestsPerHour(), HOUR, clock), passwordTries);
        Events events = new Events(database, clock);
        Audit audit = new Audit(database);
        Changes changes = new Changes(database, audit, events);
        Endpoints endpoints = new Endpoints(router, settings.maxBodyBytes(), new Surroundings(admission, changes));

        Authorizations authorizations = new Authorizations(database, bus, clock);
        new AccountResource(accounts, passwords, admission).mount(endpoints);
        authorizations.mount(endpoints);
        new BrowserLogin(vertx, database, keys, admission, authorizations, passwordTries).mount(endpoints);
        new Keys(database).mount(endpoints);

        AppStore appStore = new AppStore(database, configs);
        Apps apps = new Apps(appStore, bus, platform.domain() + ":" + settings.gitPort());
        apps.mount(endpoints);
        audit.mount(endpoints, apps);
        new Catalog(apps).mount(endpoints);
        new Addons(apps).mount(endpoints);
        Schema.load().mount(endpoints);
        new Features(apps, database).mount(endpoints);
        new Collaborators(apps, accounts, database, bus).mount(endpoints);
        new Transfers(apps, accounts, database).mount(endpoints);
        new RoutingOptions(apps, database).mount(endpoints);

        OneOffStore oneOffs = new OneOffStore(database, configs);
        LogSessions logSessions = new LogSessions(apps, keys, clock, logplexUrl);
        String rendezvous = settings.rendezvousHost() + ":" + settings.rendezvousPort();
        new Formation(apps, database, changes, bus, platform.appLog()).mount(endpoints);
        new Dynos(apps, oneOffs, database, bus).mount(endpoints);
        new OneOffs(apps, oneOffs, database, bus, platform.appLog(), rendezvous, limits.oneOffs()).mount(endpoints);
        logSessions.mount(endpoints);
        new LogDrains(apps, database, bus).mount(endpoints);

        ReleaseStore releases = new ReleaseStore(database, oneOffs);
        Announcements announcements = new Announcements(bus, platform.appLog(), events);
        Outputs outputs = new Outputs(vertx, database, keys, platform.internal(), platform.blobs(), logSessions);
        Sources sources = new Sources(
                vertx, apps, keys, clock, platform.dataDirectory().resolve("sources"), limits.sourceBytes());
        new Jobs(apps, database, clock, limits.jobs()).mount(endpoints);
        new Releases(apps, releases, database, announcements, platform.appLog(), outputs).mount(endpoints);
        new ConfigVars(apps, configs, releases, announcements, platform.appLog()).mount(endpoints);
        new Slugs(apps, database, keys, platform.blobs()).mount(endpoints);
        new Builds(apps, database, bus, platform.appLog(), outputs, platform.internal(), platform.members())
                .mount(endpoints);
        new Buildpacks(apps, database).mount(endpoints);
        outputs.mount(endpoints);
        sources.mount(endpoints);

        CertificateStore certificates = new CertificateStore(database, keys, bus);
        AcmeStore acme = new AcmeStore(database, keys);
        AutomaticCertificates automatic =
                new AutomaticCertificates(platform, certificates, acme, settings.acme(), settings.certificateRetry());
        new Domains(apps, database, certificates, automatic, platform.domain()).mount(endpoints);
        new SniEndpoints(vertx, apps, certificates, automatic).mount(endpoints);

        Pipelines pipelines = new Pipelines(database);
        pipelines.mount(endpoints);
        new PipelineTransfers(pipelines, accounts, apps, database).mount(endpoints);
        new Couplings(apps, pipelines, database).mount(endpoints);
        new Promotions(apps, pipelines, database, releases, announcements).mount(endpoints);

        new Webhooks(apps, database, keys).mount(endpoints);
        new Deliveries(apps, database).mount(endpoints);
        return new Resources(
                endpoints,
                new Deploys(database, releases, configs, announcements, platform.appLog()),
                new Rollouts(database, releases, announcements, platform.appLog()),
                new JobClock(database, oneOffs, bus, platform.appLog(), clock, limits.jobTolerance()),
                new ReleasePhases(database, oneOffs, releases, announcements, outputs, bus, limits.releasePhase()),
                new Delivery(vertx, database, keys, hooks.timeout(), hooks.firstRetry(), hooks.mostAttempts()),
                sources,
                oneOffs,
                certificates,
                automatic,
                acme);
    }
}
