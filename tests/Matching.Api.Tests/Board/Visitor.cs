using System.Net;
using System.Text.RegularExpressions;
using Matching.Accounts;
using Matching.Api.Tests.Accounts;
using Microsoft.AspNetCore.Mvc.Testing;

namespace Matching.Api.Tests.Board;

/// <summary>Somebody at the board: keeps cookies, opens pages, sends the forms that stand on them.</summary>
public sealed partial class Visitor(WebApplicationFactory<Program> service)
{
    private static int _people = 70_000;

    private readonly HttpClient _client = service.CreateClient(new WebApplicationFactoryClientOptions { AllowAutoRedirect = false, HandleCookies = true });
    private string _page = "";
    private string _markup = "";

    /// <summary>Somebody new with a hat, a username and a password, who has signed in.</summary>
    public static async Task<Visitor> SignedInAsync(Service service, World world, Role role, World.Place site)
    {
        var username = await AccountAsync(service, world, role, site);
        var visitor = new Visitor(service);
        Assert.That(await visitor.SignInAsync(username, Signing.Password), Is.EqualTo("/board"));
        return visitor;
    }

    /// <summary>The username of a new account with a hat, whose password is <see cref="Signing.Password"/>.</summary>
    public static async Task<string> AccountAsync(Service service, World world, Role role, World.Place site)
    {
        var username = $"board.{Interlocked.Increment(ref _people)}";
        var admin = service.As(await world.HatAsync(Role.PlatformAdmin));
        var wanted = role.ToString();
        (await admin.PostAsync("/accounts", new
        {
            name = "陶小满", username, password = Signing.Password, role = char.ToLowerInvariant(wanted[0]) + wanted[1..], siteId = site.Id.ToString(),
        })).Yes();
        return username;
    }

    /// <returns>Where the door leads.</returns>
    public async Task<string> SignInAsync(string username, string password, string back = "/board")
    {
        await OpenAsync($"/board/sign-in?back={Uri.EscapeDataString(back)}");
        return await SendAsync("/board/go/sign-in", ("_back", back), ("username", username), ("password", password));
    }

    /// <summary>The page, once it was there.</summary>
    public async Task<string> OpenAsync(string address, HttpStatusCode expected = HttpStatusCode.OK, string language = "zh-CN")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.AcceptLanguage.ParseAdd(language);
        request.Headers.Accept.ParseAdd("text/html");
        using var response = await _client.SendAsync(request);
        Assert.That(response.StatusCode, Is.EqualTo(expected), address);
        // As a reader sees it: the words, without what the renderer wrote in entities.
        return _page = WebUtility.HtmlDecode(_markup = await response.Content.ReadAsStringAsync());
    }

    /// <summary>Presses the button of a deed on the page that was opened last, with what is filled in besides, and says where that leads.</summary>
    public Task<string> PressAsync(string deed, params (string Name, string Value)[] filled)
    {
        var form = Regex.Match(_markup, $"<form[^>]*action=\"/board/do/{deed}\".*?</form>", RegexOptions.Singleline);
        Assert.That(form.Success, Is.True, $"there is no button of {deed}");
        var hidden = Hidden().Matches(form.Value).Select(field => (Name: field.Groups[1].Value, Value: WebUtility.HtmlDecode(field.Groups[2].Value)));
        return SendRawAsync($"/board/do/{deed}", [.. hidden.Where(field => filled.All(one => one.Name != field.Name)), .. filled]);
    }

    /// <summary>Sends a form with the token of the page that was opened last, and says where that leads.</summary>
    public Task<string> SendAsync(string address, params (string Name, string Value)[] fields) =>
        SendRawAsync(address, [.. fields, ("_form", Token().Match(_page).Groups[1].Value)]);

    /// <summary>As <see cref="SendAsync"/>, without any token.</summary>
    public async Task<string> SendRawAsync(string address, params (string Name, string Value)[] fields)
    {
        using var content = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));
        using var response = await _client.PostAsync(address, content);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Redirect), address);
        return response.Headers.Location!.OriginalString;
    }

    /// <summary>Where a page sends who may not see it.</summary>
    public async Task<string> SentFromAsync(string address)
    {
        using var response = await _client.GetAsync(address);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Redirect), address);
        return response.Headers.Location!.OriginalString;
    }

    [GeneratedRegex("<input type=\"hidden\" name=\"([^\"]+)\" value=\"([^\"]*)\"")]
    private static partial Regex Hidden();

    [GeneratedRegex("name=\"_form\" value=\"([^\"]+)\"")]
    private static partial Regex Token();
}
