namespace Matching.Api.Accounts;

/// <summary>How often one phone and one network address may ask for a code. By the machine's clock.</summary>
public sealed record CodeSettings
{
    public TimeSpan PhonePause { get; init; } = TimeSpan.FromMinutes(1);

    public int PhonePerDay { get; init; } = 10;

    public TimeSpan AddressPause { get; init; } = TimeSpan.FromMinutes(1);

    public int AddressPerDay { get; init; } = 10;
}
