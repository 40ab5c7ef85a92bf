(import '(com.sun.net.httpserver HttpServer HttpHandler) '(java.net InetSocketAddress))
(let [s (HttpServer/create (InetSocketAddress. (Integer/parseInt (System/getenv "PORT"))) 0)]
  (.createContext s "/" (reify HttpHandler (handle [_ e]
    (let [b (.getBytes (str "clojure script " (clojure-version) " " (slurp "/etc/celadon-stack")))]
      (.sendResponseHeaders e 200 (count b)) (.write (.getResponseBody e) b) (.close e)))))
  (.start s)
  @(promise))
