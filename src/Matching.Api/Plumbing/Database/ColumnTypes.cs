using System.Data;
using System.Globalization;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Matching.Api.Plumbing.Database;

/// <summary>How our values travel to and from columns. Registered once a process, before the first query.</summary>
public static class ColumnTypes
{
    private const string Utc = "yyyy-MM-ddTHH:mm:ss.fffZ";

    private static readonly Lock Gate = new();
    private static bool _registered;

    public static void Register()
    {
        lock (Gate)
        {
            if (_registered)
            {
                return;
            }

            DefaultTypeMap.MatchNamesWithUnderscores = true;
            // Without the removal Dapper knows the type already and never asks the handler.
            SqlMapper.RemoveTypeMap(typeof(DateTimeOffset));
            SqlMapper.RemoveTypeMap(typeof(DateTimeOffset?));
            SqlMapper.AddTypeHandler(new InstantHandler());
            SqlMapper.AddTypeHandler(new IdHandler());
            _registered = true;
        }
    }

    /// <summary>UTC of fixed width, so that text sorts as time does; SQL Server takes the value itself. Milliseconds.</summary>
    private sealed class InstantHandler : SqlMapper.TypeHandler<DateTimeOffset>
    {
        public override void SetValue(IDbDataParameter parameter, DateTimeOffset value)
        {
            if (parameter is SqliteParameter)
            {
                parameter.DbType = DbType.String;
                parameter.Value = value.UtcDateTime.ToString(Utc, CultureInfo.InvariantCulture);
            }
            else
            {
                parameter.DbType = DbType.DateTimeOffset;
                parameter.Value = value.ToUniversalTime();
            }
        }

        public override DateTimeOffset Parse(object value) => value switch
        {
            string text => new DateTimeOffset(
                DateTime.ParseExact(text, Utc, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal)),
            DateTimeOffset instant => instant.ToUniversalTime(),
            _ => throw new DataException($"A time came as {value.GetType()}."),
        };
    }

    private sealed class IdHandler : SqlMapper.TypeHandler<Id>
    {
        public override void SetValue(IDbDataParameter parameter, Id value)
        {
            parameter.DbType = DbType.Binary;
            parameter.Size = 16;
            parameter.Value = value.ToBytes();
        }

        public override Id Parse(object value) => Id.FromBytes((byte[])value);
    }
}
