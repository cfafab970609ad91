import ArgumentParser
import Crypto
import PKI
import Trust

extension TrustKind: ExpressibleByArgument {}

extension TrustCommand {
  /// `muster trust rotate`: makes the next descriptor from the one in force.
  struct Rotate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Change keys: sign the next descriptor from the one in force.",
      discussion: """
        A planned change takes two descriptors: one that announces the key to come (--next-…), and, when every device \
        reports it, one that lets it take over (--promote). A stolen key is replaced at once (--replace-…): nothing \
        else of its kind is believed any more. Everything that is not named stays.
        """)

    @OptionGroup var signing: SigningOptions

    @Option(help: ArgumentHelp("The descriptor in force.", valueName: "file"))
    var previous: String

    @Option(
      help: ArgumentHelp("manager-key, signer or anchor: the one to come takes over. Repeatable.", valueName: "kind"))
    var promote: [TrustKind] = []

    @Option(help: ArgumentHelp("The manager's public EDHOC key to come, PEM.", valueName: "file"))
    var nextManagerKey: String?
    @Option(help: ArgumentHelp("The whitelist signer to come, PEM.", valueName: "file"))
    var nextSigner: String?
    @Option(help: ArgumentHelp("The certificate of the anchor to come, PEM.", valueName: "file"))
    var nextAnchor: String?

    @Option(help: ArgumentHelp("The only manager's key from now on, PEM.", valueName: "file"))
    var replaceManagerKey: String?
    @Option(help: ArgumentHelp("The only whitelist signer from now on, PEM.", valueName: "file"))
    var replaceSigner: String?
    @Option(help: ArgumentHelp("The certificate of the only anchor from now on, PEM.", valueName: "file"))
    var replaceAnchor: String?

    func validate() throws {
      let changes = [
        nextManagerKey, nextSigner, nextAnchor, replaceManagerKey, replaceSigner, replaceAnchor,
      ].compactMap(\.self)
      guard !promote.isEmpty || !changes.isEmpty else {
        throw ValidationError("Say what changes: --promote, --next-… or --replace-….")
      }
    }

    func run() async throws {
      try await explainingTrust {
        let root = try KeyFile.read(signing.rootKey)
        var terms = try signing.previous(previous, root: root)
        terms.epoch += 1
        for kind in promote { try terms.promote(kind) }
        if let file = replaceManagerKey { terms.replace(managerKey: try PublicKeyFile.read(file)) }
        if let file = replaceSigner { terms.replace(signer: try PublicKeyFile.read(file)) }
        if let file = replaceAnchor { terms.replace(anchor: try TrustFile.anchor(file)) }
        if let file = nextManagerKey { try terms.announce(managerKey: PublicKeyFile.read(file)) }
        if let file = nextSigner { try terms.announce(signer: PublicKeyFile.read(file)) }
        if let file = nextAnchor { try terms.announce(anchor: TrustFile.anchor(file)) }
        try signing.sign(terms, by: root)
      }
    }
  }
}
