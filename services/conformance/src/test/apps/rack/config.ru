run ->(e) { [200, {"Content-Type" => "text/plain"}, ["rack #{RUBY_VERSION} #{File.read("/etc/celadon-stack")}"]] }
