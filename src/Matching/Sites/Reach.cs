namespace Matching.Sites;

/// <summary>
/// The part of the tree that somebody may see, as a half-open range of site paths: from the site's own path up to the first path after its subtree.
/// </summary>
public readonly record struct Reach(string From, string To)
{
    /// <summary>Sees no site.</summary>
    public static readonly Reach Nothing = new("", "");

    /// <summary>Sees every site. '0' is the character after '/'.</summary>
    public static readonly Reach Everything = new("/", "0");

    /// <summary>A site and all below it. A path begins and ends with '/'.</summary>
    public static Reach Of(string path) => new(path, string.Concat(path.AsSpan(0, path.Length - 1), "0"));

    /// <summary>A site without those below it. '!' comes before whatever a path goes on with, and after the space with which SQL Server fills up the shorter of two texts.</summary>
    public static Reach Only(string path) => new(path, path + "!");

    public bool Covers(string path) => string.CompareOrdinal(From, path) <= 0 && string.CompareOrdinal(path, To) < 0;
}
