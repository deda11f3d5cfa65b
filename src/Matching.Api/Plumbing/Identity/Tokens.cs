using System.Text;
using Matching.Api.Plumbing.Clocks;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Matching.Api.Plumbing.Identity;

/// <summary>Keys that sign access tokens. The first signs; all of them verify, so that keys can change.</summary>
public sealed record TokenSettings
{
    public string Issuer { get; init; } = "matching";

    /// <summary>Id (kid) and at least 32 characters of secret of each key, newest first.</summary>
    public IReadOnlyList<VaultKey> Keys { get; init; } = [];

    public TimeSpan AccessLifetime { get; init; } = TimeSpan.FromMinutes(15);

    public TimeSpan RefreshLifetime { get; init; } = TimeSpan.FromDays(30);

    /// <summary>How long a used refresh token still brings its successor, for a client that did not hear the answer.</summary>
    public TimeSpan RefreshGrace { get; init; } = TimeSpan.FromSeconds(10);
}

/// <summary>Makes access tokens (JWT, HS256, fifteen minutes, with a kid) and says how they are checked.</summary>
public sealed class Tokens(TokenSettings settings, MachineClock clock)
{
    public const string AccountClaim = "sub";
    public const string HatClaim = "hat";
    public const string SessionClaim = "sid";

    private static readonly TimeSpan Skew = TimeSpan.FromSeconds(30);

    private readonly SigningCredentials _signing = new(Key(settings.Keys[0]), SecurityAlgorithms.HmacSha256);
    private readonly JsonWebTokenHandler _handler = new() { SetDefaultTimesOnTokenCreation = false };

    public (string Token, DateTimeOffset ExpiresAt) Issue(Id accountId, Id? hatId, Id familyId)
    {
        var now = clock.Now;
        var expires = now + settings.AccessLifetime;
        var claims = new Dictionary<string, object> { [AccountClaim] = accountId.ToString(), [SessionClaim] = familyId.ToString() };
        if (hatId is { } hat)
        {
            claims[HatClaim] = hat.ToString();
        }

        var token = _handler.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = settings.Issuer,
            Audience = settings.Issuer,
            Claims = claims,
            IssuedAt = now.UtcDateTime,
            NotBefore = now.UtcDateTime,
            Expires = expires.UtcDateTime,
            SigningCredentials = _signing,
        });
        return (token, expires);
    }

    public static void Configure(JwtBearerOptions options, TokenSettings settings, MachineClock clock)
    {
        options.MapInboundClaims = false;
        // A partner's key is no token of ours to be read; CallerSource looks it up.
        options.Events = new JwtBearerEvents
        {
            OnMessageReceived = context =>
            {
                if (PartnerKey.Read(context.Request.Headers.Authorization) is not null)
                {
                    context.NoResult();
                }

                return Task.CompletedTask;
            },
        };
        options.TokenValidationParameters = new TokenValidationParameters
        {
            ValidIssuer = settings.Issuer,
            ValidAudience = settings.Issuer,
            ValidAlgorithms = [SecurityAlgorithms.HmacSha256],
            IssuerSigningKeys = settings.Keys.Select(Key).ToList(),
            RequireExpirationTime = true,
            // By the clock that stamped it.
            LifetimeValidator = (notBefore, expires, _, _) => notBefore <= (clock.Now + Skew).UtcDateTime && expires > (clock.Now - Skew).UtcDateTime,
        };
    }

    private static SymmetricSecurityKey Key(VaultKey key) => new(Encoding.UTF8.GetBytes(key.Secret)) { KeyId = key.Id };
}
