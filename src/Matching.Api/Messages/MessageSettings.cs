namespace Matching.Api.Messages;

/// <summary>How people are reached outside of the app. Settings under <c>Messages:</c>.</summary>
public sealed record MessageSettings
{
    /// <summary>False: people find what they were told in the app alone; codes go out all the same.</summary>
    public bool Carry { get; init; } = true;

    /// <summary>Where short messages are sent to, as a POST of <c>{ id, phone, text }</c>; none: they are written into a file.</summary>
    public string? SmsUrl { get; init; }

    /// <summary>Sent along as <c>Authorization: Bearer …</c>.</summary>
    public string? SmsKey { get; init; }

    /// <summary>The file, where there is no address; in the folder of the embedded database unless it says otherwise.</summary>
    public string SmsFile { get; init; } = "sms.jsonl";

    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);
}
