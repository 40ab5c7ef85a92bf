import http.server, os, sys
class H(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        b = f"python {sys.version.split()[0]} {open('/etc/celadon-stack').read()}".encode()
        self.send_response(200); self.send_header("Content-Length", str(len(b))); self.end_headers(); self.wfile.write(b)
http.server.ThreadingHTTPServer(("", int(os.environ["PORT"])), H).serve_forever()
