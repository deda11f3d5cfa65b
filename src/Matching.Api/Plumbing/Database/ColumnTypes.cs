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
            // Lists in few lengths: SQL Server keeps a plan for each.
            SqlMapper.Settings.PadListExpansions = true;
            // Without the removal Dapper knows the type already and never asks the handler.
            SqlMapper.RemoveTypeMap(typeof(DateTimeOffset));
            SqlMapper.RemoveTypeMap(typeof(DateTimeOffset?));
            SqlMapper.AddTypeHandler(typeof(DateTimeOffset), new InstantHandler());
            SqlMapper.AddTypeHandler(typeof(Id), new IdHandler());
            _registered = true;
        }
    }

    /// <summary>
    /// UTC, cut to milliseconds: as text of fixed width for SQLite, so that it sorts as time does; as it is for SQL Server, which would round. NULL goes as a typed
    /// one: SQL Server lets no untyped one, which would be a text, into a column of bytes.
    /// </summary>
    private sealed class InstantHandler : SqlMapper.ITypeHandler
    {
        public void SetValue(IDbDataParameter parameter, object value)
        {
            parameter.DbType = parameter is SqliteParameter ? DbType.String : DbType.DateTimeOffset;
            parameter.Value = value switch
            {
                not DateTimeOffset => DBNull.Value,
                DateTimeOffset instant when parameter is SqliteParameter => instant.UtcDateTime.ToString(Utc, CultureInfo.InvariantCulture),
                DateTimeOffset instant => new DateTimeOffset(instant.UtcTicks - (instant.UtcTicks % TimeSpan.TicksPerMillisecond), TimeSpan.Zero),
            };
        }

        public object Parse(Type destinationType, object value) => value switch
        {
            string text => new DateTimeOffset(
                DateTime.ParseExact(text, Utc, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal)),
            DateTimeOffset instant => instant.ToUniversalTime(),
            _ => throw new DataException($"A time came as {value.GetType()}."),
        };
    }

    private sealed class IdHandler : SqlMapper.ITypeHandler
    {
        public void SetValue(IDbDataParameter parameter, object value)
        {
            parameter.DbType = DbType.Binary;
            parameter.Size = 16;
            parameter.Value = value is Id id ? id.ToBytes() : DBNull.Value;
        }

        public object Parse(Type destinationType, object value) => Id.FromBytes((byte[])value);
    }
}
