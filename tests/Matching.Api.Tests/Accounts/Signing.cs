using System.Net.Http.Headers;

namespace Matching.Api.Tests.Accounts;

/// <summary>Signing in as people do.</summary>
public static class Signing
{
    public const string Phone = "13800000001";
    public const string Password = "correct horse battery";

    public static async Task<string> CodeAsync(this Service service, string phone = Phone) =>
        (string)(await service.AsNobody().PostAsync("/auth/codes", new { phone })).Yes()["code"]!;

    public static Task<Answer> TokensAsync(this Service service, object body) => service.AsNobody().PostAsync("/auth/tokens", body);

    /// <summary>The tokens of a phone, which is new or a minute older than its last code.</summary>
    public static async Task<Answer> SignInAsync(this Service service, string phone = Phone) =>
        (await service.TokensAsync(new { grant = "code", phone, code = await service.CodeAsync(phone) })).Yes();

    public static Task<Answer> RefreshAsync(this Service service, Answer tokens, Id? hatId = null) =>
        service.TokensAsync(new { grant = "refresh", refreshToken = (string)tokens["refreshToken"]!, hatId = hatId?.ToString() });

    public static HttpClient With(this Service service, Answer tokens) => service.WithToken((string)tokens["accessToken"]!);

    public static HttpClient WithToken(this Service service, string token)
    {
        var client = service.AsNobody();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    public static Id AccountId(this Answer tokens) => Id.ParseOrNone((string)tokens["accountId"]!);

    /// <summary>The same deed so many times at once.</summary>
    public static async Task<Answer[]> AtOnceAsync(int times, Func<int, Task<Answer>> deed) =>
        await Task.WhenAll(Enumerable.Range(0, times).Select(i => Task.Run(() => deed(i))));
}
