import ArgumentParser
import Edge
import Foundation
import PKI
import Whitelist

extension CWLCommand {
  /// `muster cwl verify`: whether a device would take a list.
  struct Verify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Check a list as its holder would: signature, form, holder, numbers, times.",
      discussion: """
        Exit status 0 when it would be taken, 77 when nobody of these signed it, 65 for any other reason to refuse it.
        """)

    @Argument(help: ArgumentHelp("The list.", valueName: "file"))
    var list: String

    @OptionGroup var signers: SignerOptions

    @Option(help: ArgumentHelp("The list in force, which the same signers signed.", valueName: "file"))
    var after: String?

    @Option(help: ArgumentHelp("The device that it must be for.", valueName: "name"))
    var holder: String?

    @Option(help: ArgumentHelp("The thumbprint that it must be for, in hexadecimal.", valueName: "hex"))
    var thumbprint: String?

    @Option(help: ArgumentHelp("The digest that it must have, in hexadecimal.", valueName: "hex"))
    var digest: String?

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
      guard signers.isGiven else { throw ValidationError("Give --signer, or --descriptor with --root.") }
    }

    func run() async throws {
      try await explainingCWL {
        let (keys, network) = try signers.read()
        let bytes = try DurableFile.readBytes(list)
        let terms = try WhitelistTerms(list: bytes, signers: keys)
        let found = try WhitelistTerms.digest(of: bytes).hexadecimal
        try check(bytes, terms, keys, network: network ?? terms.network)
        if let digest, digest.lowercased() != found {
          throw PKIError(.conflict, "The list's digest is \(found), not \(digest).")
        }
        if json {
          try Output.json([
            "holder": terms.holder, "epoch": "\(terms.epoch)", "number": "\(terms.number)", "digest": found,
          ])
        } else {
          Output.line("\(terms.holder.shown()) would take this list: epoch \(terms.epoch), number \(terms.number).")
          Output.line("digest \(found)")
        }
      }
    }

    private func check(_ bytes: [UInt8], _ terms: WhitelistTerms, _ keys: [[UInt8]], network: String) throws {
      var counter: WhitelistCounter?
      var isSame = false
      if let after {
        let before = try DurableFile.readBytes(after)
        let former = try WhitelistTerms(list: before, signers: keys)
        guard former.holder == terms.holder, former.holderThumbprint == terms.holderThumbprint else {
          throw WhitelistError.refused(.otherHolder)
        }
        counter = WhitelistCounter(epoch: former.epoch, number: former.number)
        isSame = try WhitelistTerms.digest(of: before) == WhitelistTerms.digest(of: bytes)
      }
      let (network, name) = (Array(network.utf8), Array((holder ?? terms.holder).utf8))
      let key = thumbprint.map { [UInt8](hexadecimal: $0) ?? [] } ?? terms.holderThumbprint
      let now = WhitelistTime(seconds: UInt64(Date().timeIntervalSince1970), origin: .clock, restarts: 0)
      _ = try Whitelist(verified: ListBytes(bytes)).update(
        for: WhitelistHolder(network: network.span, name: name.span, thumbprint: key.span), over: counter,
        isSameContent: isSame, at: now, in: ListBytes(bytes))
    }
  }
}
