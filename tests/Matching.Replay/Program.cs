namespace Matching.Replay;

/// <summary>The command line. Its name is its own, for the service's is Program.</summary>
internal static class CommandLine
{
    private static async Task<int> Main(string[] arguments)
    {
        try
        {
            var result = await Session.RunAsync(Options.Parse(arguments), Console.WriteLine);
            Console.WriteLine(result);
            return result.IsGood ? 0 : 1;
        }
        catch (OptionException problem)
        {
            await Console.Error.WriteLineAsync($"{problem.Message}\n\n{Options.Usage}");
            return 2;
        }
        catch (Exception problem) when (problem is Http.StuckException or InvalidOperationException)
        {
            await Console.Error.WriteLineAsync(problem.Message);
            return 3;
        }
    }
}
