import CoAP

// The writer's own functions are inlined wherever they are called; what the device does in several places stands here
// once, which saves a kilobyte of a small board's flash.

/// Writes a payload in place and ends the message.
///
/// - Parameter body: Writes at the front of the room it is given and returns how many bytes; 0 when it could not.
/// - Returns: Bytes of the message; 0 when the payload could not be written.
@inline(never)
func end(
  _ writer: consuming MessageWriter, payload body: (inout MutableSpan<UInt8>) throws(Rejection) -> Int
) throws(Rejection) -> Int {
  var count = 0
  try writer.payload { (room: inout MutableSpan<UInt8>) throws(Rejection) in
    count = try body(&room)
    return count
  }
  return count == 0 ? 0 : end(writer)
}

/// Adds an option; once, because the writer's own function would be inlined wherever it is called.
@inline(never)
func add(_ number: OptionNumber, _ value: UInt32, to writer: inout MessageWriter) {
  writer.option(number, uint: value)
}

/// Ends a message.
///
/// - Returns: Bytes of it; 0 when the buffer is too short.
@inline(never)
func end(_ writer: consuming MessageWriter) -> Int {
  (try? writer.finish()) ?? 0
}

/// Begins a request of the device's own.
@inline(never)
@_lifetime(&buffer)
func request(
  _ path: StaticString, _ format: ContentFormat, token: Token, into buffer: inout MutableSpan<UInt8>
) -> MessageWriter {
  var writer = MessageWriter(&buffer, code: .post, token: token)
  writer.path(path)
  add(.contentFormat, UInt32(format.rawValue), to: &writer)
  return writer
}
