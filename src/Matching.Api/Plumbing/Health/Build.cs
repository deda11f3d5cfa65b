using System.Reflection;

namespace Matching.Api.Plumbing.Health;

/// <summary>Which build this is.</summary>
public static class Build
{
    // The compiler writes 1.2.3+commit.
    private static readonly string[] Parts =
        (typeof(Build).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0").Split('+', 2);

    public static string Version => Parts[0];

    /// <summary>The commit it was built from; "unknown" outside of a repository.</summary>
    public static string Commit => Parts.Length > 1 ? Parts[1] : "unknown";
}
