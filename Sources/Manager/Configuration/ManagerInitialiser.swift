import Foundation
import PKI
import X509

/// Makes a manager's folder: what `muster manager init` does. It needs no network; the manager enrols itself when it runs.
public struct ManagerInitialiser: Sendable {
  /// The folder to make.
  public var folder: ManagerFolder
  /// The network's name: 1 to 32 letters, digits, spaces, `.`, `_` or `-`.
  public var network: String
  /// The CA's base URL, `https://…`.
  public var authorityURL: String
  /// A PEM file with the CA's anchor.
  public var anchorFile: String
  /// The CA's one-time code for this manager.
  public var code: String
  /// The DNS suffix of the devices' names, if they shall have names.
  public var nameSuffix: String?

  /// Where in a PKCS#11 token the registration authority's key is to be made, as a `pkcs11:` URI; nil for a file.
  public var registrationAuthorityKey: String?

  /// What to make; ``run()`` checks it and makes it.
  public init(
    folder: ManagerFolder, network: String, authorityURL: String, anchorFile: String, code: String,
    nameSuffix: String? = nil, registrationAuthorityKey: String? = nil
  ) {
    self.folder = folder
    self.network = network
    self.authorityURL = authorityURL
    self.anchorFile = anchorFile
    self.code = code
    self.nameSuffix = nameSuffix
    self.registrationAuthorityKey = registrationAuthorityKey
  }

  /// Writes the folder. Everything is checked first; `manager.yaml` comes last, and says that the rest is there.
  ///
  /// - Throws: ``ManagerError``: `alreadyExists` when there is a `manager.yaml` or the token has a key of that name, `invalid` when a value cannot be, and
  ///   `unreadableFile` when the anchor cannot be read or the folder not be written.
  public func run() throws(ManagerError) {
    guard !FileManager.default.fileExists(atPath: folder.configuration) else {
      throw ManagerError(
        .alreadyExists, "There is a manager in \(folder.path) already.",
        remedy: "Use it with 'muster manager run --dir \(folder.path)', or give another folder.")
    }
    try check()
    let place = try keyPlace()
    guard let code = OneTimeCode(code) else { throw .noCode }
    do {
      let anchors = try Certificate.readPEM(anchorFile)
      guard anchors.allSatisfy(\.isAnchor) else {
        throw ManagerError(
          .invalid, "\(anchorFile) holds a certificate that is no anchor: it is not a CA's that signed itself.",
          remedy: "Give the root's certificate, not that of an authority below it.")
      }
      try folder.create()
      // Kept from an init that came no further.
      if let place, !FileManager.default.fileExists(atPath: folder.registrationAuthorityKey) {
        _ = try KeyFile.create(folder.registrationAuthorityKey, in: place)
      }
      try DurableFile.replace(folder.authorityAnchor, bytes: Array(try anchors.map { try $0.pem }.joined().utf8))
      try DurableFile.replace(folder.authorityCode, bytes: Array(code.text.utf8), mode: 0o600)
      _ = try ManagerKeys.open(folder)
      try DurableFile.create(folder.configuration, bytes: Array(yaml.utf8))
    } catch let error as PKIError {
      throw ManagerError(error)
    } catch let error as ManagerError {
      throw error
    } catch {
      throw ManagerError(.unreadableFile, "The anchor \(anchorFile) cannot be used: \(error).")
    }
  }

  private func keyPlace() throws(ManagerError) -> TokenURI? {
    guard let registrationAuthorityKey else { return nil }
    do throws(PKIError) {
      return try TokenURI(registrationAuthorityKey)
    } catch {
      throw ManagerError(.invalid, error.reason, remedy: "docs/manager.md has the form of such a URI.")
    }
  }

  private func check() throws(ManagerError) {
    guard NetworkRule.allowsNetwork(network) else {
      throw ManagerError(
        .invalid, "'\(network.prefix(64))' cannot be a network's name.",
        remedy: "Use 1 to 32 letters, digits, spaces, '.', '_' or '-'.")
    }
    guard let parts = URLComponents(string: authorityURL), parts.scheme == "https", parts.host?.isEmpty == false else {
      throw ManagerError(.invalid, "'\(authorityURL)' is no https:// URL.", remedy: "Give the CA's base URL with --ca.")
    }
    guard parts.path.isEmpty || parts.path == "/", parts.query == nil, parts.fragment == nil, parts.user == nil else {
      throw ManagerError(
        .invalid, "'\(authorityURL)' has more than a host and a port.",
        remedy: "EST's paths begin at the root: give https://HOST:PORT with --ca.")
    }
    if let nameSuffix, !NetworkRule.allowsSuffix(nameSuffix) {
      throw ManagerError(
        .invalid, "'\(nameSuffix.prefix(64))' cannot be a DNS suffix.",
        remedy: "Use lower-case labels with dots between them, such as 'plant.example'.")
    }
  }

  /// None of the values can hold a quote or a backslash once they are checked.
  private var yaml: String {
    """
    # The configuration of this manager; every key is explained in docs/manager.md.
    network: "\(network)"
    \(nameSuffix.map { "nameSuffix: \"\($0)\"\n" } ?? "")ca:
      url: "\(authorityURL.filter { $0 != "\"" && $0 != "\\" })"
      anchor: "ca-anchor.pem"

    """
  }
}

/// What networks and their DNS suffixes may be called.
enum NetworkRule {
  static func allowsNetwork(_ name: String) -> Bool {
    (1...32).contains(name.utf8.count) && !name.hasPrefix(" ") && !name.hasSuffix(" ")
      && name.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: " "), UInt8(ascii: "."), UInt8(ascii: "_"),
          UInt8(ascii: "-"):
          true
        default: false
        }
      }
  }

  /// Labels of a host name, lower case (RFC 1123 §2.1), short enough for a device's label in front of them.
  static func allowsSuffix(_ suffix: String) -> Bool {
    (1...128).contains(suffix.utf8.count)
      && suffix.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { label in
        (1...63).contains(label.count) && label.first != UInt8(ascii: "-") && label.last != UInt8(ascii: "-")
          && label.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
              || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
          }
      }
  }
}

extension Certificate {
  /// Whether it can be where paths end: a certification authority that issued itself.
  fileprivate var isAnchor: Bool {
    guard case .isCertificateAuthority = try? extensions.basicConstraints else { return false }
    return issuer == subject && publicKey.isValidSignature(signature, for: self)
  }
}
