using Microsoft.AspNetCore.Identity;

namespace Matching.Api.Accounts;

/// <summary>Passwords by ASP.NET's hasher (PBKDF2, salted). Slow on purpose: never within a write.</summary>
public static class Passwords
{
    private static readonly PasswordHasher<object> Hasher = new();

    // Nobody's: an unknown username costs the same time as a known one.
    private static readonly string Nobodys = Hash("a password that nobody has");

    public static string Hash(string password) => Hasher.HashPassword(string.Empty, password);

    /// <summary>Takes the same time whether there is a hash or not.</summary>
    public static bool Verify(string? hash, string password) =>
        Hasher.VerifyHashedPassword(string.Empty, hash ?? Nobodys, password) != PasswordVerificationResult.Failed && hash is not null;
}
