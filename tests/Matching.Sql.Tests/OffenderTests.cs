using Matching.Api.Plumbing.Database;
using Matching.Orders;

namespace Matching.SqlTests;

/// <summary>A deliberate offender of each kind, and who catches it.</summary>
public sealed class OffenderTests
{
    // Lets the compiler tell these apart from the product's: none of them stands in a static field of the product.
    private static Statement Offender(string text) => new("Offender", new Sql<Everything, OfferRow>(text));

    [TestCase("SELECT id FROM offerz")]
    [TestCase("SELECT idd FROM offers")]
    [TestCase("SELECT id FROM offers WHERE LEN(note) > 3")]
    [TestCase("SELECT id FROM offers WHERE id = @Id ORDER")]
    public void SQLite_refuses(string text)
    {
        using var connection = Schema.Open();
        Assert.That(StatementTests.Prepare(connection, Offender(text)), Is.Not.Empty);
    }

    [TestCase("SELECT id FROM offerz", "offerz")]
    [TestCase("SELECT idd FROM offers", "idd")]
    [TestCase("SELECT o.id FROM offers o WHERE o.nothing = 1", "nothing")]
    [TestCase("UPDATE offers SET nothing = 1 WHERE id = @Id", "nothing")]
    [TestCase("INSERT INTO offers (nothing) VALUES (@Id)", "nothing")]
    [TestCase("SELECT id FROM offers WHERE state = @Nobody", "@Nobody")]
    [TestCase("SELECT id FROM offers ORDER BY nothing", "nothing")]
    [TestCase("SELECT id FROM offers WHERE id = @Id ORDER", "Unexpected end")]
    [TestCase("SELECT id FROM offers LIMIT 5", "Incorrect syntax")]
    [TestCase("SELECT id FROM offers WHERE note || 'x' = 'y'", "Incorrect syntax")]
    [TestCase("SELECT id FROM orders WHERE goes_ahead", "Incorrect syntax near goes_ahead")]
    public void SQL_Servers_model_refuses(string text, string saying) => Caught(Schema.Verifier.Bind([Offender(text)]), saying);

    [TestCase("CREATE TABLE t (id INT NOT NULL, CONSTRAINT pk_t PRIMARY KEY (naught))", "naught")]
    [TestCase("CREATE TABLE t (id INT NOT NULL REFERENCES nowhere (id))", "nowhere")]
    [TestCase("CREATE TABLE t (id INT NULL, name NVARCHAR(900) NULL);CREATE UNIQUE INDEX ux_t ON t (id)", "needs WHERE id IS NOT NULL")]
    [TestCase("CREATE TABLE t (id INT NULL, name NVARCHAR(900) NULL);CREATE INDEX ix_t ON t (name)", "longer than 1700 bytes")]
    [TestCase("CREATE TABLE t (id INT NOT NULL);ALTER TABLE t ADD name INT NULL;CREATE INDEX ix_t ON t (nam)", "nam")]
    [TestCase("CREATE TABLE t (id INT NOT NULL);ALTER TABLE t ALTER COLUMN id BIGINT NOT NULL", "does not know this step")]
    [TestCase("CREATE TABLE t (id INT NOT NULL);CREATE VIEW v AS SELECT id FROM t", "does not know this step")]
    [TestCase("CREATE TABLE t (id INT NOT NULL", "Unexpected end")]
    public void A_migration_that_does_not_bind_is_found(string steps, string saying) => Caught(new Verifier(steps.Split(';')).SchemaProblems(), saying);

    [Test]
    public void Changes_are_folded_into_the_table_that_they_change()
    {
        var verifier = new Verifier(
        [
            "CREATE TABLE t (id INT NOT NULL, old INT NULL)", "CREATE INDEX ix_old ON t (old)", "DROP INDEX ix_old ON t", "ALTER TABLE t ADD name NVARCHAR(9) NULL",
            "ALTER TABLE t DROP COLUMN old", "UPDATE t SET name = 'x' WHERE id = 1", "CREATE TABLE gone (id INT NOT NULL)", "DROP TABLE gone",
        ]);
        None(verifier.SchemaProblems());
        Assert.That(verifier.Columns().Select(column => $"{column.Table}.{column.Column} {column.Type}"), Is.EqualTo(["t.id INT", "t.name NVARCHAR(9)"]));
    }

    [Test]
    public void A_refused_statement_hides_no_other() => Caught(
        Schema.Verifier.Bind([Offender("SELECT nothing FROM offers"), Offender("SELECT id FROM offers WHERE state = @Nobody"), Offender("SELECT naught FROM offers")]),
        "nothing", "@Nobody", "naught");

    [TestCase("SELECT * FROM offers", "one by one")]
    [TestCase("SELECT TOP 5 id FROM offers", "TOP")]
    [TestCase("SELECT id FROM offers ORDER BY id OFFSET 5 ROWS FETCH NEXT 5 ROWS ONLY", "Only {page}")]
    [TestCase("SELECT id FROM offers ORDER BY sent_at {page}", "does not end in a key")]
    [TestCase("SELECT id FROM offers WHERE state = N'Pending'", "No N")]
    [TestCase("SELECT LEN(note) AS note FROM offers", "LEN is not on the list")]
    [TestCase("SELECT ISNULL(note, '') AS note FROM offers", "ISNULL is not on the list")]
    [TestCase("SELECT AVG(place_in_round) AS times FROM offers", "AVG is not on the list")]
    [TestCase("SELECT ABS(place_in_round, 1) AS times FROM offers", "ABS takes")]
    [TestCase("SELECT LEFT(note, 3) AS note FROM offers", "both engines know alike")]
    [TestCase("SELECT id FROM offers WHERE note LIKE '%x%'", "both engines know alike")]
    [TestCase("SELECT note + note AS note FROM offers", "Only numbers")]
    [TestCase("SELECT order_id, COUNT(id) AS times FROM offers", "neither grouped nor counted")]
    [TestCase("SELECT order_id, state, COUNT(id) AS times FROM offers GROUP BY order_id", "neither grouped nor counted")]
    [TestCase("SELECT DISTINCT order_id FROM offers ORDER BY id", "does not show")]
    [TestCase("SELECT COUNT(id) FROM offers", "has no name")]
    [TestCase("SELECT id, id FROM offers", "2 columns called id")]
    [TestCase("SELECT id FROM dbo.offers", "A schema stands before")]
    [TestCase("SELECT id FROM offers WITH (UPDLOCK)", "hint")]
    [TestCase("SELECT id FROM offers UNION ALL SELECT id, order_id FROM offers", "One branch yields 1")]
    [TestCase("SELECT id FROM offers WHERE id NOT IN (SELECT offer_id FROM assignments)", "NOT IN")]
    [TestCase("SELECT id FROM offers WHERE note = NULL", "NULL equals nothing")]
    [TestCase("SELECT id FROM offers WHERE id = @Name", "is held against")]
    [TestCase("SELECT id FROM offers WHERE sent_at < '2026-05-08'", "is held against")]
    [TestCase("SELECT id FROM offers WHERE note = @Name", "not {exact}")]
    [TestCase("SELECT id, note FROM offers ORDER BY note, id", "not {exact}")]
    [TestCase("SELECT DISTINCT note FROM offers", "not {exact}")]
    [TestCase("INSERT INTO wish_orders (wish_id, order_id) VALUES (@Id)", "names 2 columns and gives 1")]
    [TestCase("INSERT INTO wish_orders (wish_id, order_id) SELECT @Id, @Id, @Id", "names 2 columns and gives 3")]
    [TestCase("INSERT INTO wish_orders VALUES (@Id, @Id)", "names no columns")]
    [TestCase("INSERT INTO wish_orders (wish_id) VALUES (@Id)", "leaves out wish_orders.order_id")]
    [TestCase("INSERT INTO wish_orders (wish_id, order_id) VALUES (@Id, @Name)", "is written to wish_orders.order_id")]
    [TestCase("INSERT INTO wish_orders (wish_id, order_id) VALUES (@Id, @Other)", "may be NULL is written")]
    [TestCase("INSERT INTO wish_orders (wish_id, order_id) OUTPUT inserted.wish_id VALUES (@Id, @Id)", "OUTPUT")]
    [TestCase("UPDATE offers SET note = @Name", "a WHERE is missing")]
    [TestCase("UPDATE o SET note = @Name FROM offers o WHERE o.id = @Id", "FROM in an UPDATE")]
    [TestCase("UPDATE offers SET place_in_round += 1 WHERE id = @Id", "Not a plain column = value")]
    [TestCase("DELETE FROM offers WHERE id = @Id; DELETE FROM offers WHERE id = @Id", "holds 2 statements")]
    [TestCase("MERGE offers AS t USING orders AS s ON s.id = t.order_id WHEN MATCHED THEN DELETE;", "not among SELECT")]
    [TestCase("SELECT id FROM offers WHERE state = @Nobody", "@Nobody is not in the record")]
    public void Our_own_eyes_refuse(string text, string saying) => Caught(Schema.Verifier.Read(Offender(text)).Problems, saying);

    [TestCase("SELECT id FROM offers WHERE id IN @Ids AND (@Other IS NULL OR order_id = @Other) ORDER BY id {page}")]
    [TestCase("SELECT o.id, COUNT(f.id) AS times FROM orders o LEFT JOIN offers f ON f.order_id = o.id GROUP BY o.id HAVING COUNT(f.id) > 1 ORDER BY o.id {page}")]
    [TestCase("WITH above AS (SELECT id, parent_id FROM sites WHERE id = @Id UNION ALL SELECT s.id, s.parent_id FROM sites s JOIN above a ON a.parent_id = s.id) SELECT id FROM above")]
    [TestCase("SELECT id, ROW_NUMBER() OVER (PARTITION BY order_id ORDER BY id) AS times FROM offers WHERE sent_at >= @Now")]
    [TestCase("SELECT id, (SELECT COUNT(a.id) FROM assignments a WHERE a.offer_id = f.id) AS times FROM offers f WHERE EXISTS (SELECT 1 FROM orders o WHERE o.id = f.order_id)")]
    [TestCase("UPDATE offers SET note = NULL, state = CASE WHEN expires_at <= @Now THEN 'Expired' ELSE state END WHERE id = @Id AND note IS NOT NULL")]
    [TestCase("SELECT number FROM seats WHERE order_id = @Id ORDER BY number {page}")]
    public void What_is_well_written_passes(string text)
    {
        None(Schema.Verifier.Read(Offender(text)).Problems);
        None(Schema.Verifier.Bind([Offender(text)]));
        using var connection = Schema.Open();
        None(StatementTests.Prepare(connection, Offender(text)));
    }

    [TestCase("SELECT order_id AS nowhere FROM offers", "no property for nowhere")]
    [TestCase("SELECT order_id AS times FROM offers", "times is BINARY(16)")]
    [TestCase("SELECT volunteer_id AS id FROM offers", "id may be NULL")]
    [TestCase("SELECT MAX(place_in_round) AS times FROM offers", "times may be NULL")]
    [TestCase("SELECT f.order_id AS id FROM orders o LEFT JOIN offers f ON f.order_id = o.id", "id may be NULL")]
    public void A_row_that_does_not_fit_is_found(string text, string saying) => Caught(RowFit.Problems(Offender(text)), saying);

    [TestCase("SELECT volunteer_id AS id FROM offers WHERE volunteer_id IS NOT NULL")]
    [TestCase("SELECT COUNT(id) AS times FROM offers")]
    public void A_row_that_fits_passes(string text) => None(RowFit.Problems(Offender(text)));

    [TestCase("SELECT id FROM offers WHERE state = 'pending'", "offers.state does not know 'pending'")]
    [TestCase("SELECT id FROM offers WHERE state IN ('Pending', 'Opened')", "does not know 'Opened'")]
    [TestCase("UPDATE offers SET state = CASE WHEN seen_at IS NULL THEN 'Lost' ELSE state END WHERE id = @Id", "does not know 'Lost'")]
    [TestCase("SELECT id FROM offers WHERE note = 'Hello'", "nobody said which words")]
    [TestCase("SELECT id, 'Openn' AS state FROM offers", "OrderState does not know 'Openn'")]
    [TestCase("SELECT id, state FROM offers", "holds OfferState, the row reads OrderState")]
    public void A_misspelled_word_is_found(string text, string saying) => Caught(StatusWords.Problems(Offender(text)), saying);

    [Test]
    public void A_parameter_that_is_forgotten_is_found() => Caught(
        StatementTests.UnusedParameters([Offender("INSERT INTO wish_orders (wish_id, order_id) VALUES (@Id, @Id)")]), "@Name, which is not used");

    [Test]
    public void An_enum_is_not_passed_as_it_is() => Assert.That(
        () => Parameter.Of(new Statement("Offender", new Sql<ByState>("SELECT 1 AS one"))), Throws.InvalidOperationException.With.Message.Contains("passed as words"));

    [TestCase("SELECT id FROM offers WHERE note = @Name", "SCAN offers")]
    [TestCase("SELECT f.id FROM orders o JOIN offers f ON f.order_id = o.id", "SCAN f")]
    [TestCase("DELETE FROM offers WHERE sent_at < @Now", "SCAN offers")]
    public void A_scan_of_a_growing_table_is_found(string text, string saying)
    {
        using var connection = Schema.Open();
        Caught(PlanTests.Scans(connection, Offender(text)), saying);
    }

    [Test]
    public void A_sort_is_found()
    {
        using var connection = Schema.Open();
        Caught(PlanTests.Sorts(connection, Offender("SELECT id FROM offers WHERE order_id = @Id ORDER BY sent_at, id {page}")), "USE TEMP B-TREE");
    }

    [Test]
    public void A_statement_is_found_wherever_it_stands() =>
        Assert.That(Statements.Of([typeof(Nest), typeof(Nest.Deeper)]).Select(statement => statement.Name), Is.EqualTo(["OffenderTests.Nest.Deeper.Hidden", "OffenderTests.Nest.Deeper.Row[0]"]));

    private static void Caught(IEnumerable<string> problems, params string[] sayings)
    {
        var said = string.Join('\n', problems);
        foreach (var saying in sayings)
        {
            Assert.That(said, Does.Contain(saying));
        }
    }

    private sealed record Everything(Id Id, Id? Other, string Name, DateTimeOffset Now, int Take, IReadOnlyList<byte[]> Ids);

    private sealed record ByState(OrderState State);

    private sealed record OfferRow
    {
        public Id Id { get; init; }

        public int Times { get; init; }

        public OrderState State { get; init; }
    }

    private static class Nest
    {
        public static class Deeper
        {
            private static readonly Sql<ById> Hidden = new("DELETE FROM offers WHERE id = @Id");

            private static readonly Sql<ById>[] Row = [new("DELETE FROM orders WHERE id = @Id")];
        }
    }
}
