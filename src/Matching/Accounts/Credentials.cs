namespace Matching.Accounts;

/// <summary>What a username and a password must be like.</summary>
public static class Credentials
{
    public const int ShortestUsername = 3;
    public const int LongestUsername = 64;
    public const int ShortestPassword = 10;
    public const int LongestPassword = 128;

    private const int DifferentCharacters = 5;

    /// <summary>Letters of any script, digits and . _ - @; compared folded.</summary>
    public static bool IsUsername(string username) =>
        username.Length is >= ShortestUsername and <= LongestUsername && username.All(c => char.IsLetterOrDigit(c) || c is '.' or '_' or '-' or '@');

    /// <summary>Long enough, not one key held down, and not the name again. Length matters more than signs.</summary>
    public static bool IsStrong(string password, string username) =>
        password.Length is >= ShortestPassword and <= LongestPassword
        && password.Distinct().Count() >= DifferentCharacters
        && !Folded.Of(password).Contains(Folded.Of(username), StringComparison.Ordinal);
}
