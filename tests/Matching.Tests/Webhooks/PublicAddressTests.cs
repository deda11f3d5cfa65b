using System.Net;
using Matching.Webhooks;

namespace Matching.Tests.Webhooks;

public class PublicAddressTests
{
    [TestCase("8.8.8.8")]
    [TestCase("114.114.114.114")]
    [TestCase("172.32.0.1")]
    [TestCase("100.128.0.1")]
    [TestCase("2400:3200::1")]
    [TestCase("::ffff:8.8.8.8")]
    [TestCase("64:ff9b::808:808")]
    [TestCase("2002:808:808::1")]
    public void Somewhere_in_the_world_is_public(string address) => Assert.That(PublicAddress.Is(IPAddress.Parse(address)));

    [TestCase("127.0.0.1")]
    [TestCase("127.255.255.254")]
    [TestCase("0.0.0.0")]
    [TestCase("10.1.2.3")]
    [TestCase("172.16.0.1")]
    [TestCase("172.31.255.255")]
    [TestCase("192.168.1.1")]
    [TestCase("169.254.169.254")]
    [TestCase("100.100.100.200")]
    [TestCase("192.0.0.192")]
    [TestCase("198.18.0.1")]
    [TestCase("203.0.113.5")]
    [TestCase("224.0.0.1")]
    [TestCase("255.255.255.255")]
    [TestCase("::")]
    [TestCase("::1")]
    [TestCase("fe80::1")]
    [TestCase("fc00::1")]
    [TestCase("fd00:ec2::254")]
    [TestCase("ff02::1")]
    [TestCase("2001:db8::1")]
    [TestCase("::ffff:127.0.0.1")]
    [TestCase("::ffff:169.254.169.254")]
    [TestCase("64:ff9b::7f00:1")]
    [TestCase("2002:7f00:1::1")]
    [TestCase("::127.0.0.1")]
    public void Our_own_house_is_not(string address) => Assert.That(PublicAddress.Is(IPAddress.Parse(address)), Is.False);

    [TestCase("https://hooks.example.org/matching", true)]
    [TestCase("https://8.8.8.8:8443/x", true)]
    [TestCase("http://hooks.example.org/matching", false)]
    [TestCase("https://127.0.0.1/", false)]
    [TestCase("https://[::1]/", false)]
    [TestCase("https://2130706433/", false)]
    [TestCase("https://0x7f.1/", false)]
    [TestCase("https://localhost/", false)]
    [TestCase("https://LOCALHOST./", false)]
    [TestCase("https://db.internal/", false)]
    [TestCase("https://user:word@hooks.example.org/", false)]
    [TestCase("https://hooks.example.org/#part", false)]
    [TestCase("ftp://hooks.example.org/", false)]
    [TestCase("/only/a/path", false)]
    public void What_a_webhooks_address_may_be(string url, bool may) => Assert.That(WebhookUrl.Check(url, allowPrivate: false) is null, Is.EqualTo(may));
}
