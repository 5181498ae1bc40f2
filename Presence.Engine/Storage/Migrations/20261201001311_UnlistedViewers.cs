using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Presence.Engine.Storage.Migrations
{
    /// <inheritdoc />
    public partial class UnlistedViewers : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<bool>(
                name: "IsUnlisted",
                table: "Memberships",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "IsUnlisted",
                table: "Memberships");
        }
    }
}
