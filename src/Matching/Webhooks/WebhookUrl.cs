using System.Net;

namespace Matching.Webhooks;

/// <summary>Where a webhook may be: somewhere in the world, by TLS, with no password in the address.</summary>
public static class WebhookUrl
{
    public const int Longest = 1_000;

    private static readonly string[] AtHome = ["localhost", "local", "internal", "home.arpa"];

    /// <summary>
    /// Null when it may be called, as far as the address itself says; where its name leads is asked each time it is called. In Development
    /// (<paramref name="allowPrivate"/>) it may be in our own house, and without TLS.
    /// </summary>
    public static Refusal? Check(string url, bool allowPrivate)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri)
            || url.Length > Longest
            || uri.Host.Length == 0
            || uri.UserInfo.Length > 0
            || uri.Fragment.Length > 0
            || !(uri.Scheme == Uri.UriSchemeHttps || (allowPrivate && uri.Scheme == Uri.UriSchemeHttp)))
        {
            return Refusals.WebhookUrlWrong.At("url");
        }

        return allowPrivate || !IsAtHome(uri) ? null : Refusals.WebhookUrlWrong.At("url");
    }

    private static bool IsAtHome(Uri uri) => IPAddress.TryParse(uri.Host.Trim('[', ']'), out var address)
        ? !PublicAddress.Is(address)
        : AtHome.Any(name => uri.IdnHost.TrimEnd('.') is var host && (host == name || host.EndsWith("." + name, StringComparison.OrdinalIgnoreCase)));
}
