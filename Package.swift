// swift-tools-version: 6.1
// The map of Sources/README.md: a target exists for what it may not import.
import PackageDescription

let package = Package(
  name: "taskdeck",
  products: [.executable(name: "taskdeck", targets: ["taskdeck"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
  ],
  targets: [
    // C, at arm's length.
    .target(name: "CNcurses", linkerSettings: [.linkedLibrary("ncursesw"), .linkedLibrary("tinfo")]),
    .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),

    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .target(name: "CSpawn"),

    // Nouns and pure rules.
    .target(name: "CloudModel"),
    .target(name: "Schedules"),
    .target(name: "Terminal"),
    .target(name: "JournalModel", dependencies: ["CloudModel"]),
    .target(name: "ReplayModel", dependencies: ["CloudModel"]),
    .target(name: "Operations", dependencies: ["CloudModel", "Schedules", "JournalModel", "ReplayModel"]),

    // All SQL.
    .target(
      name: "Store",
      dependencies: [
        "CloudModel", "JournalModel", "ReplayModel", "CZlib", .product(name: "GRDB", package: "GRDB.swift"),
      ]),

    // Runs a payload on this machine.
    .target(
      name: "LocalRun", dependencies: ["CloudModel", "ReplayModel", "Transport", "CSpawn", "CZlib"],
      resources: [
        .embedInCode("Django/project.py"), .embedInCode("Django/replay.py"), .embedInCode("Django/definitions.py"),
      ]),

    // The client side of Google's REST.
    .target(name: "Transport", dependencies: ["CCurl"]),
    .target(name: "CloudREST", dependencies: ["Transport", "COpenSSL"]),
    .target(name: "CloudAPI", dependencies: ["CloudModel", "CloudREST"]),

    // The other side of it.
    .target(
      name: "Emulator",
      dependencies: [
        "CloudModel", "Schedules", "Store", "Transport", "COpenSSL",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
      ]),

    // The screen.
    .target(name: "Curses", dependencies: ["Terminal", "CNcurses"]),
    .target(
      name: "Console",
      dependencies: [
        "CloudModel", "Schedules", "Terminal", "JournalModel", "Operations", .product(name: "Yams", package: "Yams"),
      ]),
    .target(
      name: "Themes", path: "themes", sources: ["Themes.swift"],
      resources: ["dusk", "dawn", "contrast", "clear", "lagoon", "sixteen", "mono", "terminal"].map {
        .embedInCode("\($0).yaml")
      }),

    .target(name: "Settings", dependencies: ["CloudModel", .product(name: "Yams", package: "Yams")]),
    .executableTarget(
      name: "taskdeck",
      dependencies: [
        "CloudModel", "Schedules", "Transport", "CloudREST", "CloudAPI", "Emulator", "Terminal", "Curses", "Console",
        "COpenSSL",
        "Themes", "Settings", "JournalModel", "Operations", "Store",
        .product(name: "Subprocess", package: "swift-subprocess"), "ReplayModel", "LocalRun",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),

    // Tests mirror the targets; EndToEndTests and Tests/Clients run the real binary.
    .target(name: "TestSupport", dependencies: ["Transport"], path: "Tests/Support"),
    .testTarget(name: "CloudModelTests", dependencies: ["CloudModel"]),
    .testTarget(
      name: "SchedulesTests", dependencies: ["Schedules"], resources: [.copy("Resources/schedules.json")]),
    .testTarget(name: "TerminalTests", dependencies: ["Terminal"]),
    .testTarget(name: "TransportTests", dependencies: ["Transport", "TestSupport"]),
    .testTarget(name: "CloudRESTTests", dependencies: ["CloudREST", "Transport", "COpenSSL", "TestSupport"]),
    .testTarget(
      name: "CloudAPITests", dependencies: ["CloudAPI", "CloudModel", "CloudREST", "Transport", "TestSupport"]),
    .testTarget(name: "EmulatorTests", dependencies: ["Emulator", "CloudModel", "Schedules", "Store", "Transport"]),
    .testTarget(name: "CursesTests", dependencies: ["Terminal", "Curses", "CNcurses"]),
    .testTarget(
      name: "ConsoleTests",
      dependencies: ["Console", "Themes", "CloudModel", "Schedules", "Terminal", "JournalModel", "Operations"],
      exclude: ["Screens"]),
    .testTarget(
      name: "OperationsTests", dependencies: ["Operations", "Store", "CloudModel", "JournalModel", "ReplayModel"]),
    .testTarget(
      name: "StoreTests",
      dependencies: [
        "Store", "CloudModel", "JournalModel", "ReplayModel", .product(name: "GRDB", package: "GRDB.swift"),
      ]),
    .testTarget(
      name: "LocalRunTests", dependencies: ["LocalRun", "ReplayModel", "CloudModel", "Transport", "TestSupport"]),
    .testTarget(name: "SettingsTests", dependencies: ["Settings", "CloudModel"]),
    .testTarget(
      name: "ContractTests",
      dependencies: ["CloudAPI", "CloudModel", "CloudREST", "Emulator", "Transport", "TestSupport"]),
    // Run by Tests/Benchmarks/run, never by the tests.
    .executableTarget(
      name: "Benchmark", dependencies: ["CloudAPI", "CloudModel", "CloudREST", "Transport"],
      path: "Tests/Benchmarks/Client"),
    .executableTarget(
      name: "ConsoleBenchmark", dependencies: ["CloudModel", "Console", "Terminal"],
      path: "Tests/Benchmarks/Console"),
    .testTarget(
      name: "EndToEndTests",
      dependencies: [
        "taskdeck", "CloudModel", "Console", "Emulator", "Operations", "TestSupport", "Transport",
        .product(name: "Subprocess", package: "swift-subprocess"),
      ]),
  ],
  swiftLanguageModes: [.v6]
)
