using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Presence.Engine.Storage.Migrations
{
    /// <inheritdoc />
    public partial class SteadyClock : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(
                name: "Believed",
                table: "LastAlive",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "Candidate",
                table: "LastAlive",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "CandidateSinceMilliseconds",
                table: "LastAlive",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "RanMilliseconds",
                table: "LastAlive",
                type: "INTEGER",
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "Believed",
                table: "LastAlive");

            migrationBuilder.DropColumn(
                name: "Candidate",
                table: "LastAlive");

            migrationBuilder.DropColumn(
                name: "CandidateSinceMilliseconds",
                table: "LastAlive");

            migrationBuilder.DropColumn(
                name: "RanMilliseconds",
                table: "LastAlive");
        }
    }
}
