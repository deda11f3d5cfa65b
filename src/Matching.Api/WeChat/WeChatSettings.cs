namespace Matching.Api.WeChat;

/// <summary>Our mini-program at WeChat. Settings under <c>WeChat:</c>; without an AppId nobody signs in by WeChat and nothing is sent through it.</summary>
public sealed record WeChatSettings
{
    public string AppId { get; init; } = "";

    public string AppSecret { get; init; } = "";

    public string BaseAddress { get; init; } = "https://api.weixin.qq.com";

    /// <summary>Which program a message opens: <c>formal</c>, <c>trial</c> or <c>developer</c>.</summary>
    public string State { get; init; } = "formal";

    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The subscription message of each topic, as it was granted to the mini-program: <c>WeChat:Templates:offer.sent:Id</c> and its fields.</summary>
    public Dictionary<string, WeChatTemplate> Templates { get; init; } = [];

    public bool IsSetUp => AppId.Length > 0;

    public bool Sends(string topic) => IsSetUp && Templates.ContainsKey(topic);
}

/// <summary>One subscription message.</summary>
public sealed record WeChatTemplate
{
    public string Id { get; init; } = "";

    /// <summary>The page of the mini-program that it opens; <c>{subject}</c> stands for the id.</summary>
    public string Page { get; init; } = "";

    /// <summary>What stands in its fields (thing1, time2 …): <c>{title}</c>, <c>{time}</c> or fixed words.</summary>
    public Dictionary<string, string> Fields { get; init; } = [];
}
