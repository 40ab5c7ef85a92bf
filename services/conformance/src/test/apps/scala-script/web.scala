import java.net.ServerSocket
object Main { def main(a: Array[String]): Unit = {
  val s = new ServerSocket(sys.env("PORT").toInt)
  while (true) { val c = s.accept(); val b = "scala script " + util.Properties.versionNumberString
    val i = new java.io.BufferedReader(new java.io.InputStreamReader(c.getInputStream)); while (i.readLine() match { case null | "" => false; case _ => true }) {}
    c.getOutputStream.write(("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " + b.length + "\r\n\r\n" + b).getBytes); c.close() } } }
