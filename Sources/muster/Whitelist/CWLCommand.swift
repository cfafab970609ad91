import ArgumentParser
import Crypto
import PKI
import Policy
import Trust
import Whitelist
import X509

/// `muster cwl`: whitelists from a policy, offline, on files.
struct CWLCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cwl",
    abstract: "Check a policy of who may talk to whom, and make and read the lists that devices hold.",
    discussion: """
      Everything here works on files (docs/whitelist.md). Exit status: 0 done, nothing found, no difference, allowed; \
      1 findings, differences, not allowed; 64 usage; 65 a file is not what it should be; 66 no such file; 73 it exists \
      already or cannot be written; 77 a key that others can read, or what nobody of these signed.
      """,
    subcommands: [Lint.self, Diff.self, Simulate.self, Sign.self, Show.self, Verify.self, Import.self])
}

extension AsyncParsableCommand {
  /// Runs `body`; says on standard error what is wrong and what to try, and ends with the failure's own status.
  func explainingCWL(_ body: () async throws -> Void) async throws {
    try await explainingTrust {
      do {
        try await body()
      } catch let error as PolicyError {
        Failure.say("\(error) (\(error.code.rawValue))", "docs/whitelist.md says what a policy may have where.")
        throw ExitCode(65)
      } catch let error as WhitelistError {
        guard case .refused(let refusal) = error else {
          Failure.say(
            "The list could not be looked at: \(error).", "Try again; if it stays so, this machine is broken.")
          throw ExitCode(70)
        }
        let isOthers = [.otherSigner, .signature, .unsigned].contains(refusal)
        Failure.say(
          "A device would refuse this list: \(refusal) (\(refusal.rawValue)).",
          "docs/spec/cwl.md, 'Refusal reasons', says what that means.")
        throw ExitCode(isOthers ? 77 : 65)
      }
    }
  }
}

/// The files that are a policy.
struct PolicyOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The policy, YAML. Repeatable: the files add up.", valueName: "file"))
  var policy: [String]

  func compiled() throws -> CompiledPolicy { try Self.compiled(policy) }

  static func compiled(_ files: [String]) throws -> CompiledPolicy {
    let documents = try files.map { (file: $0, text: try DurableFile.readText($0)) }
    return try CompiledPolicy(Policy(yaml: documents, certificate: issuer))
  }

  /// The issuer that a certificate's file shows; the path is from the policy's own folder.
  private static func issuer(_ path: String, in document: String) throws -> WhitelistTerms.Issuer {
    let folder = document.lastIndex(of: "/").map { document[...$0] } ?? ""
    let anchor = try TrustFile.anchor(path.hasPrefix("/") ? path : folder + path)
    return WhitelistTerms.Issuer(name: anchor.name.sha256, key: anchor.publicKey.keyThumbprint ?? [])
  }
}

/// Who may have signed a list.
struct SignerOptions: ParsableArguments {
  @Option(help: ArgumentHelp("A signer's public key or certificate, PEM. Repeatable.", valueName: "file"))
  var signer: [String] = []

  @Option(
    help: ArgumentHelp("The trust descriptor that names the signers; --root is needed with it.", valueName: "file"))
  var descriptor: String?

  @Option(help: ArgumentHelp("The public key of the root that signed the descriptor, PEM.", valueName: "file"))
  var root: String?

  func validate() throws {
    guard (descriptor == nil) == (root == nil) else { throw ValidationError("--descriptor and --root go together.") }
    guard descriptor == nil || signer.isEmpty else {
      throw ValidationError("Give --signer, or --descriptor with --root.")
    }
  }

  var isGiven: Bool { descriptor != nil || !signer.isEmpty }

  /// Keys, and the network that a descriptor is for.
  func read() throws -> (keys: [[UInt8]], network: String?) {
    if let descriptor, let root {
      let terms = try TrustFile(descriptor).terms(root: PublicKeyFile.read(root))
      return (terms.signers, terms.network)
    }
    return (try signer.map(Self.key), nil)
  }

  private static func key(_ path: String) throws -> [UInt8] {
    guard try DurableFile.readText(path).contains("BEGIN CERTIFICATE") else { return try PublicKeyFile.read(path) }
    let certificates = try Certificate.readPEM(path)
    guard let certificate = certificates.first, certificates.count == 1,
      let key = P256.Signing.PublicKey(certificate.publicKey)
    else { throw PKIError(.format, "The file \(path) holds no single certificate of a P-256 key.") }
    return Array(key.rawRepresentation)
  }
}
