import Foundation
import PKI
import Yams

/// What a CA issues and where it tells of it: the file `ca.yaml`, which its owner may edit.
struct CASettings: Sendable {
  /// The beginning of every URL in certificates: where the status listener is reached, without a slash at its end.
  let url: String
  /// The number of the issuing CA that signs what no profile gives to another, the CA's own certificates too.
  let issuer: Int
  /// What can be ordered, by EST label.
  let profiles: [String: IssuedProfile]

  /// A profile, and who signs its certificates.
  struct IssuedProfile: Sendable, Equatable {
    var profile: CertificateProfile
    /// The issuing CA's number.
    var issuer: Int
  }

  /// Reads the file's text.
  ///
  /// - Throws: ``MockCAError`` with code `settings`, naming what is wrong.
  init(yaml: String, file: String) throws(MockCAError) {
    do {
      let document = try YAMLDecoder().decode(SettingsDocument.self, from: yaml)
      try self.init(document)
    } catch let error as SettingsError {
      throw MockCAError(.settings, "\(file): \(error.sentence)", remedy: "Mend the file and start again.")
    } catch let error as DecodingError {
      throw MockCAError(.settings, "\(file): \(error.sentence)", remedy: "Mend the file and start again.")
    } catch YamlError.scanner(_, let problem, let mark, _), YamlError.parser(_, let problem, let mark, _),
      YamlError.composer(_, let problem, let mark, _)
    {
      // Without the piece of the file that Yams points into: it may hold anything, and is several lines.
      throw MockCAError(
        .settings, "\(file) is not YAML: line \(mark.line), column \(mark.column): \(problem).",
        remedy: "Mend the file and start again.")
    } catch {
      throw MockCAError(.settings, "\(file) is not YAML: \(error)", remedy: "Mend the file and start again.")
    }
  }

  private init(_ document: SettingsDocument) throws {
    guard let address = URL(string: document.url), address.scheme == "http", address.host?.isEmpty == false,
      document.url.utf8.count <= 64, document.url.utf8.allSatisfy({ (0x21...0x7E).contains($0) }),
      address.query == nil, address.fragment == nil, !document.url.hasSuffix("/")
    else {
      throw SettingsError(
        "'url' is not http://HOST[:PORT][/PATH] of at most 64 characters, without a slash at its end "
          + "(plain http: whoever checks a certificate cannot check the checker's first)")
    }
    url = document.url
    let issuer = document.issuer ?? 1
    self.issuer = issuer
    // Registration authorities and sub-CAs are the CA's own matter: what makes one is not for a file to say.
    let builtIn = CertificateProfile.registrationAuthority
    profiles = try document.profiles.reduce(
      into: [builtIn.name: IssuedProfile(profile: builtIn, issuer: issuer)]
    ) { profiles, entry in
      guard Self.isLabel(entry.key) else { throw SettingsError("'\(entry.key)' is no profile's name") }
      guard ![builtIn.name, CertificateProfile.delegatedAuthority.name].contains(entry.key) else {
        throw SettingsError("'\(entry.key)' is not the file's to define")
      }
      profiles[entry.key] = IssuedProfile(
        profile: try entry.value.profile(named: entry.key), issuer: entry.value.issuer ?? issuer)
    }
  }

  private static func isLabel(_ name: String) -> Bool {
    (1...32).contains(name.utf8.count)
      && name.utf8.allSatisfy {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
          || $0 == UInt8(ascii: "-")
      }
  }

  /// Where the certificates of an issuer say that its status is; 0 is the anchor, which has a CRL only: its key is offline.
  func pointers(of issuer: Int) -> IssuerPointers {
    IssuerPointers(
      crl: "\(url)/\(issuer).crl", issuer: issuer == 0 ? nil : "\(url)/\(issuer).crt",
      ocsp: issuer == 0 ? nil : "\(url)/\(issuer)")
  }

  /// The port of the URL.
  var port: Int { URL(string: url)?.port ?? 80 }

  /// Where an issuer's full CRL says that its delta CRL is.
  func deltaURL(of issuer: Int) -> String { "\(url)/\(issuer)d.crl" }
}

/// What is wrong with a file of settings.
struct SettingsError: Error {
  let sentence: String

  init(_ sentence: String) { self.sentence = sentence }
}

extension DecodingError {
  /// What is wrong and where, in words of the file.
  fileprivate var sentence: String {
    let (what, context): (String, Context) =
      switch self {
      case .keyNotFound(let key, let context): ("'\(key.stringValue)' is missing", context)
      case .typeMismatch(_, let context), .valueNotFound(_, let context): ("a value is of another kind", context)
      case .dataCorrupted(let context):
        // Yams wraps what was thrown while it read.
        ((context.underlyingError as? SettingsError)?.sentence ?? context.debugDescription, context)
      @unknown default: ("it cannot be read", Context(codingPath: [], debugDescription: ""))
      }
    let place = context.codingPath.map(\.stringValue).joined(separator: ".")
    return place.isEmpty ? "\(what)." : "\(what), at '\(place)'."
  }
}
