// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that nobody's build of Muster waits for an optimised one. Run it by
// `swift run -c release --package-path Benchmarks/edhoc`.
let package = Package(
  name: "edhoc-benchmark",
  platforms: [.macOS(.v26)],
  dependencies: [.package(name: "muster", path: "../..")],
  targets: [
    .executableTarget(
      name: "edhoc-benchmark",
      dependencies: [
        .product(name: "COSE", package: "muster"), .product(name: "OSCORE", package: "muster"),
        .product(name: "PKI", package: "muster"),
      ],
      swiftSettings: [
        .enableExperimentalFeature("Lifetimes"), .enableUpcomingFeature("MemberImportVisibility"),
      ])
  ]
)
