import SwiftASN1
public import X509

extension Certificate {
  /// Where the certificate says that its issuer's CRL is: the first `http` URL among its distribution points
  /// (RFC 5280 §4.2.1.13); nil when it names none. A point of certain reasons or of another issuer is passed over.
  public var revocationListURL: String? {
    guard let value = extensions[oid: OID.crlDistributionPoints]?.value else { return nil }
    var found: String?
    try? DER.parse(value).inside(.sequence, "the points") { points in
      while let point = points.next() {
        try point.inside(.sequence, "a point") { parts in
          let name = parts.optional(.context(0))
          guard parts.next() == nil, let name, found == nil else {
            while parts.next() != nil {}
            return
          }
          found = try Self.url(in: name)
        }
      }
    }
    return found
  }

  private static func url(in name: ASN1Node) throws -> String? {
    var found: String?
    guard case .constructed(let kinds) = name.content else { return nil }
    for kind in kinds where kind.identifier == .context(0) {
      guard case .constructed(let names) = kind.content else { continue }
      for node in names {
        if case .uniformResourceIdentifier(let url) = try GeneralName(derEncoded: node), url.hasPrefix("http://") {
          found = found ?? url
        }
      }
    }
    return found
  }
}
