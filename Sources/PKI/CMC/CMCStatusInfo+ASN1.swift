import SwiftASN1

extension CMCStatusInfo {
  init(derEncoded nodes: inout ASN1NodeCollection.Iterator) throws {
    self = try nodes.inside(.sequence, "the status info") { nodes in
      guard let status = CMCStatus(rawValue: try Int(derEncoded: &nodes)) else { throw ShapeError("unknown status") }
      var bodyParts: [UInt32] = []
      try nodes.inside(.sequence, "the body list") { nodes in
        while let node = nodes.next() { bodyParts.append(try UInt32(derEncoded: node)) }
      }
      guard !bodyParts.isEmpty else { throw ShapeError("the body list is empty") }
      let text = try nodes.optional(.utf8String).map { String(try ASN1UTF8String(derEncoded: $0)) }
      let failInfo = try nodes.optional(.integer).map { node in
        guard let value = CMCFailInfo(rawValue: try Int(derEncoded: node)) else { throw ShapeError("unknown failInfo") }
        return value
      }
      return CMCStatusInfo(status: status, bodyParts: bodyParts, statusString: text, failInfo: failInfo)
    }
  }

  func serialize(into coder: inout DER.Serializer) throws {
    try coder.sequence { coder in
      try coder.serialize(status.rawValue)
      try coder.sequence { coder in
        for part in bodyParts { try coder.serialize(part) }
      }
      if let statusString { try coder.serialize(ASN1UTF8String(statusString)) }
      if let failInfo { try coder.serialize(failInfo.rawValue) }
    }
  }
}
