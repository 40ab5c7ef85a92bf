import com.sun.net.httpserver.{HttpExchange, HttpServer}
import java.net.InetSocketAddress
import java.nio.file.{Files, Path}
object Main extends App {
  val s = HttpServer.create(new InetSocketAddress(sys.env("PORT").toInt), 0)
  s.createContext("/", (e: HttpExchange) => { val b = s"scala ${util.Properties.versionNumberString} ${Files.readString(Path.of("/etc/celadon-stack"))}".getBytes; e.sendResponseHeaders(200, b.length); e.getResponseBody.write(b); e.close() })
  s.start()
}
