using System.Net;
using System.Net.Sockets;

namespace Matching.Webhooks;

/// <summary>
/// Whether an address is somewhere in the world and not in our own house: no loopback, private, link-local, shared, documentation, multicast or reserved range,
/// which is where metadata services and neighbours are. What carries an IPv4 address inside is judged by that.
/// </summary>
public static class PublicAddress
{
    private static readonly IPNetwork[] NotPublic =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16",
            "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
            "2001::/23", "2001:db8::/32", "3fff::/20", "5f00::/16",
        }.Select(IPNetwork.Parse),
    ];

    // Of IPv6 only this is given out to the world.
    private static readonly IPNetwork World6 = IPNetwork.Parse("2000::/3");

    private static readonly IPNetwork Nat64 = IPNetwork.Parse("64:ff9b::/96");

    private static readonly IPNetwork SixToFour = IPNetwork.Parse("2002::/16");

    public static bool Is(IPAddress address)
    {
        if (Inside(address) is { } inside)
        {
            return Is(inside);
        }

        return (address.AddressFamily == AddressFamily.InterNetwork || World6.Contains(address)) && !NotPublic.Any(network => network.Contains(address));
    }

    private static IPAddress? Inside(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return null;
        }

        if (address.IsIPv4MappedToIPv6)
        {
            return address.MapToIPv4();
        }

        var bytes = address.GetAddressBytes();
        return Nat64.Contains(address) ? new IPAddress(bytes[12..]) : SixToFour.Contains(address) ? new IPAddress(bytes[2..6]) : null;
    }
}
