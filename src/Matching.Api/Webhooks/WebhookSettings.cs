using Matching.Api.Plumbing.Identity;

namespace Matching.Api.Webhooks;

/// <summary>How webhooks are called. Settings under <c>Webhooks:</c>.</summary>
public sealed record WebhookSettings
{
    /// <summary>In Development only: lets them be called at addresses of our own house, and without TLS.</summary>
    public bool AllowPrivate { get; init; }

    /// <summary>In Development only: how many times shorter the pauses between two tries are. Nobody who tries out a bad line wants to wait for half a minute.</summary>
    public int Haste { get; init; } = 1;

    /// <summary>How long a receiver has to answer.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Names with a fixed address, as a hosts file has them; what comes out of them is checked like everything else.</summary>
    public Dictionary<string, string> Names { get; init; } = [];

    public static WebhookSettings From(IConfiguration configuration, bool development)
    {
        var settings = configuration.GetSection("Webhooks").Get<WebhookSettings>() ?? new WebhookSettings();
        return (development || settings is { AllowPrivate: false, Haste: 1 }) && settings.Haste >= 1
            ? settings
            : throw new SettingsException("Webhooks:AllowPrivate and Webhooks:Haste are for Development; take them out.");
    }
}
