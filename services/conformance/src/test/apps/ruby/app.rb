require "webrick"
s = WEBrick::HTTPServer.new(Port: ENV["PORT"].to_i)
s.mount_proc("/") { |q, r| r.body = "ruby #{RUBY_VERSION} #{File.read('/etc/celadon-stack')}" }
trap("TERM") { s.shutdown }
s.start
