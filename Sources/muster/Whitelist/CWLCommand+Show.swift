import ArgumentParser
import Edge
import Foundation
import PKI
import Policy

extension CWLCommand {
  /// `muster cwl show`: a list in words.
  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show a list in words.",
      discussion: "With signers it is shown only if one of them signed it; without, nothing is proven.")

    @Argument(help: ArgumentHelp("The list.", valueName: "file"))
    var list: String

    @OptionGroup var signers: SignerOptions

    @Option(help: ArgumentHelp("The policy that knows the peers' names. Repeatable.", valueName: "file"))
    var policy: [String] = []

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
      try await explainingCWL {
        let bytes = try DurableFile.readBytes(list)
        let terms = try WhitelistTerms(list: bytes, signers: signers.isGiven ? signers.read().keys : nil)
        let compiled = policy.isEmpty ? nil : try PolicyOptions.compiled(policy)
        let view = try WhitelistView(terms, bytes, isVerified: signers.isGiven, compiled?.policy)
        if json { try Output.json(view) } else { view.printForPeople() }
      }
    }
  }
}

/// A list as it is shown.
struct WhitelistView: Encodable {
  struct Peer: Encodable {
    let name: String?
    let issuer: String
    let serialNumber: String
    let pin: String?
    let validFrom: UInt64?
    let validUntil: UInt64?
    /// Nil: anything is allowed.
    let rules: [String]?
  }

  let network: String
  let list: UInt32
  let holder: String
  let holderThumbprint: String
  let epoch: UInt32
  let number: UInt64
  let thisUpdate: UInt64
  let nextUpdate: UInt64
  let hardExpiry: UInt64
  let stalePolicy: String
  let timeMode: String
  let offlineRestarts: UInt32
  let observeUntil: UInt64?
  let digest: String
  let bytes: Int
  let isVerified: Bool
  let peers: [Peer]

  init(_ terms: WhitelistTerms, _ bytes: [UInt8], isVerified: Bool, _ policy: Policy?) throws {
    (network, list, holder) = (terms.network, terms.list, terms.holder)
    holderThumbprint = terms.holderThumbprint.hexadecimal
    (epoch, number) = (terms.epoch, terms.number)
    (thisUpdate, nextUpdate, hardExpiry) = (terms.thisUpdate, terms.nextUpdate, terms.hardExpiry)
    (stalePolicy, timeMode) = (PolicyWords.name(terms.stalePolicy), PolicyWords.name(terms.timeMode))
    (offlineRestarts, observeUntil) = (terms.offlineRestarts, terms.observeUntil)
    digest = try WhitelistTerms.digest(of: bytes).hexadecimal
    self.bytes = bytes.count
    self.isVerified = isVerified
    var names: [WhitelistTerms.Certificate: String] = [:]
    for device in policy?.devices ?? [] {
      for certificate in device.certificates {
        guard let issuer = policy?.issuers[certificate.issuer] else { continue }
        names[.init(issuer: issuer, serialNumber: certificate.serialNumber)] = device.name
      }
    }
    peers = terms.entries.map { entry in
      Peer(
        name: names[entry.certificate], issuer: entry.certificate.issuer.key.hexadecimal,
        serialNumber: entry.certificate.serialNumber.hexadecimal, pin: entry.pin?.hexadecimal,
        validFrom: entry.validFrom, validUntil: entry.validUntil, rules: entry.rules?.map(PolicyWords.sentence))
    }
  }

  func printForPeople() {
    func time(_ seconds: UInt64) -> String {
      seconds > 253_402_300_799 ? "\(seconds)" : Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601)
    }
    Output.fields([
      ("network", network.shown()), ("holder", "\(holder.shown()) \(holderThumbprint)"), ("list", "\(list)"),
      ("epoch, number", "\(epoch), \(number)"), ("signed", time(thisUpdate)), ("next", time(nextUpdate)),
      ("expires", time(hardExpiry)), ("when stale", stalePolicy),
      ("time", "\(timeMode), \(offlineRestarts) restarts offline"), ("observes until", observeUntil.map(time)),
      ("digest", digest), ("length", "\(bytes) bytes"),
      ("signature", isVerified ? "verified" : "NOT VERIFIED: give --signer, or --descriptor and --root"),
      ("peers", "\(peers.count)"),
    ])
    for peer in peers {
      Output.line("\(peer.name?.shown() ?? "certificate") \(peer.serialNumber) of issuer \(peer.issuer.prefix(16))…")
      if let pin = peer.pin { Output.line("  only with the key \(pin)") }
      if let from = peer.validFrom { Output.line("  from \(time(from))") }
      if let until = peer.validUntil { Output.line("  until \(time(until))") }
      for sentence in peer.rules ?? ["anything"] { Output.line("  \(sentence)") }
      if peer.rules?.isEmpty == true { Output.line("  nothing") }
    }
  }
}
