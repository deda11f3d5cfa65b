namespace Matching.Messages;

/// <summary>What brings people word.</summary>
public enum Carrier
{
    /// <summary>站内消息: the notices of the app, where nothing else brings it.</summary>
    Inbox,

    /// <summary>微信订阅消息</summary>
    WeChat,

    /// <summary>短信</summary>
    Sms,
}
