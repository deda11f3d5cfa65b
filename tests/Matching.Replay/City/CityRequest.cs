using System.Globalization;

namespace Matching.Replay.City;

/// <summary>One request as the city recorded it. What the city did not say is null.</summary>
public sealed record CityRequest(
    string Number, DateTimeOffset At, string Type, string Source, double? Lat, double? Lng, string? Council, string? CouncilName, string? District, string? Commission)
{
    /// <summary>Where the times of the file were read off the wall.</summary>
    public static readonly TimeZoneInfo Zone = TimeZoneInfo.FindSystemTimeZoneById("America/Los_Angeles");

    /// <summary>The rows of a file, in its order, which is that of their times.</summary>
    public static List<CityRequest> ReadAll(string file)
    {
        using var reader = new StreamReader(file);
        var header = Split(reader.ReadLine() ?? throw new InvalidDataException($"{file} is empty."));
        var columns = header.Select((name, i) => (name, i)).ToDictionary(column => column.name, column => column.i);
        var requests = new List<CityRequest>();
        while (reader.ReadLine() is { } line)
        {
            var fields = Split(line);
            string? Field(string name) => fields[columns[name]] is { Length: > 0 } text ? text : null;
            double? Number(string name) => Field(name) is { } text ? double.Parse(text, CultureInfo.InvariantCulture) : null;
            var wall = DateTime.ParseExact(Field("created_at")!, "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
            requests.Add(new CityRequest(
                Field("sr_number")!, LocalTime.At(DateOnly.FromDateTime(wall), TimeOnly.FromDateTime(wall), Zone), Field("request_type")!, Field("source") ?? "",
                Number("latitude"), Number("longitude"), Field("nc"), Field("nc_name"), Field("council_district"), Field("apc")));
        }

        return requests;
    }

    /// <summary>The fields of a line of comma-separated values; a quote within quotes is doubled.</summary>
    public static List<string> Split(string line)
    {
        var fields = new List<string>();
        var field = new System.Text.StringBuilder();
        var quoted = false;
        for (var i = 0; i < line.Length; i++)
        {
            var c = line[i];
            if (c == '"' && quoted && i + 1 < line.Length && line[i + 1] == '"')
            {
                field.Append(c);
                i++;
            }
            else if (c == '"')
            {
                quoted = !quoted;
            }
            else if (c == ',' && !quoted)
            {
                fields.Add(field.ToString());
                field.Clear();
            }
            else
            {
                field.Append(c);
            }
        }

        fields.Add(field.ToString());
        return fields;
    }
}
