using System.Net;
using System.Net.Sockets;
using FluentValidation;
using Matching.Accounts;
using Matching.Api.Plumbing.Http;

namespace Matching.Api.Accounts;

/// <summary>The phone that shall be proved.</summary>
/// <param name="Phone">A mainland mobile in any spelling, or a number with + and its country.</param>
public sealed record AskForCodeRequest(string Phone);

/// <summary>The same for known and unknown phones.</summary>
/// <param name="ExpiresAt">Until when the code can be used.</param>
/// <param name="Code">In Development only.</param>
public sealed record AskForCodeResponse(DateTimeOffset ExpiresAt, string? Code);

public sealed class AskForCodeValidator : AbstractValidator<AskForCodeRequest>
{
    public AskForCodeValidator() => RuleFor(r => r.Phone).MaximumLength(40);
}

/// <summary>Sends a code of six digits to a phone. It lives five minutes and bears five tries; a newer one replaces it.</summary>
public sealed partial class AskForCode(CodeStore codes, IHostEnvironment environment, ILogger<AskForCode> log) : Endpoint<AskForCodeRequest, AskForCodeResponse>
{
    public override void Configure()
    {
        Post("/auth/codes");
        AllowAnyone();
        NeverKeepAnswer();
        Refuses(Refusals.PhoneInvalid, Refusals.PhoneTakesNoMessages, Refusals.CodesTooOften);
    }

    protected override async Task<Outcome<AskForCodeResponse>> RunAsync(AskForCodeRequest request, CancellationToken ct)
    {
        if (!PhoneNumber.TryParse(request.Phone, out var phone))
        {
            return Refusals.PhoneInvalid.At("phone");
        }

        if (!phone.TakesMessages)
        {
            return Refusals.PhoneTakesNoMessages.At("phone");
        }

        var fresh = await codes.MakeAsync(phone, Network(Web.Connection.RemoteIpAddress), ct);
        if (fresh.Refusal is { } refusal)
        {
            return refusal;
        }

        if (!environment.IsDevelopment())
        {
            return new AskForCodeResponse(fresh.Value.ExpiresAt, null);
        }

        LogCode(fresh.Value.Code, phone.Masked);
        return new AskForCodeResponse(fresh.Value.ExpiresAt, fresh.Value.Code);
    }

    // Whoever has one IPv6 address has 2^64 of them.
    private static string Network(IPAddress? address) => address switch
    {
        null => "",
        { IsIPv4MappedToIPv6: true } => address.MapToIPv4().ToString(),
        { AddressFamily: AddressFamily.InterNetworkV6 } => Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 8)),
        _ => address.ToString(),
    };

    [LoggerMessage(Level = LogLevel.Information, Message = "Development: the code for {Phone} is {Code}.")]
    private partial void LogCode(string code, string phone);
}
