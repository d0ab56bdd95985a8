// The themes in this folder, as part of the program: it runs from a single file, wherever that file is put.

/// The themes that come with the program.
package enum ShippedThemes {
  /// Name and text of each theme file; the first one is the dark default, the second one the light one.
  package static let all: [(name: String, yaml: String)] = [
    ("dusk", text(PackageResources.dusk_yaml)),
    ("dawn", text(PackageResources.dawn_yaml)),
    ("contrast", text(PackageResources.contrast_yaml)),
    ("clear", text(PackageResources.clear_yaml)),
    ("lagoon", text(PackageResources.lagoon_yaml)),
    ("sixteen", text(PackageResources.sixteen_yaml)),
    ("mono", text(PackageResources.mono_yaml)),
    ("terminal", text(PackageResources.terminal_yaml)),
  ]

  private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
