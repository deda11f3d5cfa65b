using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace Matching.Api.Plumbing;

/// <summary>Starting, and saying in one line why it did not go.</summary>
public static class Startup
{
    private const string Host = "Microsoft.Extensions.Hosting.Internal.Host";

    private static volatile bool _runs;

    /// <summary>Until the service runs the host keeps its errors to itself: what stops the start comes to <see cref="ServeAsync"/>, which says it once.</summary>
    public static void AddStartup(this WebApplicationBuilder builder) =>
        builder.Logging.AddFilter((category, level) => category != Host || level == LogLevel.Critical || _runs);

    /// <summary>Runs until it is told to stop; 0. An address that cannot be had is a line and a 1, not a page of stack.</summary>
    public static async Task<int> ServeAsync(this WebApplication app)
    {
        app.Lifetime.ApplicationStarted.Register(() => _runs = true);
        try
        {
            await app.RunAsync();
            return 0;
        }
        catch (IOException problem) when (problem.InnerException is AddressInUseException)
        {
            return Tell($"端口已被占用。{problem.Message}");
        }
        catch (SocketException problem) when (!_runs)
        {
            return Tell($"无法监听 {app.Configuration["Urls"]}。 Cannot listen at {app.Configuration["Urls"]}: {problem.Message}.");
        }
    }

    private static int Tell(string why)
    {
        Console.Error.WriteLine($"{why} Stop what listens there, or set Urls to another address: --urls http://127.0.0.1:5081");
        return 1;
    }
}
