(defproject road "1.0"
  :dependencies [[org.clojure/clojure "1.11.1"] [org.clojure/data.json "2.5.0"]]
  :main road.core :aot :all
  :uberjar-name "road-standalone.jar")
