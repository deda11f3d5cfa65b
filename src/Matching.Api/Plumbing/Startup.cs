using Microsoft.AspNetCore.Connections;

namespace Matching.Api.Plumbing;

/// <summary>Starting, and saying in one line why it did not go.</summary>
public static class Startup
{
    /// <summary>Runs until it is told to stop; 0. A port that somebody else has is a line and a 1, not a page of stack.</summary>
    public static async Task<int> ServeAsync(this WebApplication app)
    {
        try
        {
            await app.RunAsync();
            return 0;
        }
        catch (IOException problem) when (problem.InnerException is AddressInUseException)
        {
            await Console.Error.WriteLineAsync($"端口已被占用。{problem.Message} Stop what listens there, or choose another address: --urls http://127.0.0.1:5081");
            return 1;
        }
    }
}
