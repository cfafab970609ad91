// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that nobody's build of Muster waits for an optimised one. Run it by
// `swift run -c release --package-path Benchmarks/ca`.
let package = Package(
  name: "ca-benchmark",
  platforms: [.macOS(.v26)],
  dependencies: [
    .package(name: "muster", path: "../.."),
    .package(url: "https://github.com/apple/swift-certificates.git", from: "1.21.1"),
    .package(url: "https://github.com/apple/swift-crypto.git", from: "4.5.2"),
  ],
  targets: [
    .executableTarget(
      name: "ca-benchmark",
      dependencies: [
        .product(name: "MockCA", package: "muster"), .product(name: "PKI", package: "muster"),
        .product(name: "Crypto", package: "swift-crypto"), .product(name: "X509", package: "swift-certificates"),
      ],
      swiftSettings: [.enableUpcomingFeature("MemberImportVisibility")])
  ]
)
