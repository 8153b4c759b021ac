# Drives auth_tkt.rb, written for Rails controllers, for contrib.mjs. argv: the file's path, a file for the secret.
#
# question: secret, ip, time, uid, tokens, user data, "text" (UTF-8, as Rails has it) or "bytes"; answer: the ticket.
require 'digest'
load ARGV[0]
AuthTkt.send(:remove_const, :SECRET_KEY_FILE)
AuthTkt.const_set(:SECRET_KEY_FILE, ARGV[1])

class << Time
  attr_accessor :chosen

  def now
    at(chosen)
  end
end

Request = Struct.new(:remote_ip)
Controller = Struct.new(:request) { include AuthTkt }

$stdout.sync = true
while (line = $stdin.gets)
  _, *fields = line.chomp.split("\t", -1)
  secret, ip, time, uid, tokens, data, kind = fields.map { |field| [field].pack('H*') }
  File.binwrite(ARGV[1], "TKTAuthSecret \"#{secret}\"\n")
  Time.chosen = time.to_i
  strings = [uid, tokens, data]
  strings.each { |string| string.force_encoding('UTF-8') } if kind == 'text'
  begin
    ticket = Controller.new(Request.new(ip)).get_tkt_hash(*strings)
    puts "ok\t#{ticket.unpack1('H*')}"
  rescue Encoding::CompatibilityError
    puts 'refused'
  end
end
