import Foundation

/// A CA whose certificates are in the store, and what is known of the list of what it revoked.
struct AuthorityListRecord: Sendable, Equatable {
  /// Its name, as certificates' records have it.
  var issuer: String
  /// The newest certificate by it, which says where its list is and brings its own certificate.
  var certificate: CertificateID
  /// The number of the newest list that was believed, in hexadecimal.
  var number: String?
  var thisUpdate: Date?
  var nextUpdate: Date?
  /// When a list was last believed.
  var checkedAt: Date?
  /// How many looks in a row came to nothing.
  var missed: Int
  /// What the last look came to, if to nothing.
  var trouble: String?

  /// What a look at the list came to.
  enum Look: Sendable {
    /// It was believed.
    case read(number: String, thisUpdate: Date, nextUpdate: Date, at: Date)
    /// There was none to be believed, and why.
    case missed(String)
  }
}
