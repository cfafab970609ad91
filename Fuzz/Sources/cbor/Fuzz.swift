import COSE

/// Whatever the strict reader takes has exactly one encoding: writing it anew must give the same bytes. The same bytes
/// also go through the COSE_Sign1 parser.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzCBOR(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: data, count: count))
  if let object = try? COSESign1(bytes.span) { precondition(object.signature.count == ES256.signatureBytes) }
  guard var reader = try? CBORReader(bytes.span) else { return 0 }

  var copy = [UInt8](repeating: 0, count: bytes.count)
  var buffer = copy.mutableSpan
  var writer = CBORWriter(&buffer)
  while !reader.isAtEnd {
    do throws(CBORError) {
      try transfer(&reader, &writer)
    } catch {
      preconditionFailure("what was validated cannot be read: \(error)")
    }
  }
  let written = try? writer.finish()
  precondition(written == bytes.count && copy == bytes, "one value, two encodings")
  return 0
}

/// Reads one item, without what is in it, and writes it.
private func transfer(_ reader: inout CBORReader, _ writer: inout CBORWriter) throws(CBORError) {
  switch reader.kind {
  case .unsigned: writer.uint(try reader.uint())
  case .negative:
    if let value = try? reader.int() {
      writer.int(value)
    } else {
      writer.raw(try reader.encodedItem())
    }
  case .bytes: writer.bytes(try reader.byteString())
  case .text: writer.text(utf8: try reader.text())
  case .array: writer.array(try reader.array())
  case .map: writer.map(try reader.map())
  case .tag: writer.tag(try reader.tag())
  case .simple:
    if reader.readsNull() {
      writer.null()
    } else if let value = try? reader.bool() {
      writer.bool(value)
    } else {
      writer.raw(try reader.encodedItem())
    }
  case nil: throw .truncated
  }
}
