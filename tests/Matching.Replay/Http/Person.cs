namespace Matching.Replay.Http;

/// <summary>Somebody who signs in: by phone and code, or, as staff do, by name and password.</summary>
/// <param name="Key">The replay's own name for her; the same from run to run, which ids are not.</param>
public sealed record Person(string Key, string? Phone = null, string? Username = null, string? Password = null)
{
    /// <summary>One sign-in at a time; those who share a phone share it, for a newer code ends an older one.</summary>
    internal SemaphoreSlim SigningIn { get; init; } = new(1, 1);

    public string? AccountId { get; set; }

    /// <summary>The hat to wear where there are several.</summary>
    public string? HatId { get; set; }

    public string? AccessToken { get; set; }

    public string? RefreshToken { get; set; }

    public override string ToString() => Key;
}
