import CoAP

/// Where an option of a message stands once it is protected (RFC 8613 §4.1, figure 5; RFC 8768, RFC 9175, RFC 9668).
///
/// Options of both classes (Max-Age, Block, Size, Echo, Request-Tag, No-Response) stand inside only: what is outside
/// would be for proxies to use and to alter, and none of Muster's has use for it.
enum OptionPlace {
  /// Encrypted and authenticated (class E): all that are not listed below, unknown ones among them.
  case inner
  /// In clear (class U): for those who forward the message.
  case outer
  /// In no message that Muster protects: what protection itself puts there, Observe, and Proxy-Uri, which its sender
  /// would have to take apart first (RFC 8613 §4.1.3.3).
  case nowhere

  init(_ number: OptionNumber) {
    switch number {
    case .uriHost, .uriPort, .hopLimit, .proxyScheme, .musterLine: self = .outer
    case .oscore, .edhoc, .observe, .proxyUri: self = .nowhere
    default: self = .inner
    }
  }
}
