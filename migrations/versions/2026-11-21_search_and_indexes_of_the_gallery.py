"""Search and indexes of the gallery

Revision ID: 2026_11_21_search
Revises: 2026_11_21_studio_counts
"""

from alembic import op
import sqlalchemy as sa

revision = '2026_11_21_search'
down_revision = '2026_11_21_studio_counts'
branch_labels = None
depends_on = None

# A later migration that lets Alembic copy one of these tables on SQLite has to make its triggers again.
SEARCHED = (('products', 'product_id'), ('orders', 'order_id'))
GIN = (
    ('gin_products_search_vector', 'products', 'search_vector'),
    ('gin_orders_search_vector', 'orders', 'search_vector'),
    ('gin_products_metadata', 'products', 'metadata jsonb_path_ops'),
    ('gin_orders_base_parameter_set', 'orders', 'base_parameter_set jsonb_path_ops'),
)
LIVE = 'deleted_at IS NULL'
# Name, columns behind the person, and which rows.
PRODUCTS = (
    ('ix_products_live_provider', ['provider', 'created_at', 'id'], LIVE),
    ('ix_products_live_cost', ['cost', 'created_at', 'id'], LIVE),
    ('ix_products_rejected_live', ['created_at', 'id'], 'rejected AND deleted_at IS NULL'),
    (
        'ix_products_unsorted_live',
        ['created_at', 'id'],
        'NOT liked AND NOT rejected AND rating IS NULL AND deleted_at IS NULL',
    ),
    ('ix_products_imported_live', ['created_at', 'id'], "source = 'imported' AND deleted_at IS NULL"),
    ('ix_products_binned', ['deleted_at', 'id'], 'deleted_at IS NOT NULL'),
)


def upgrade() -> None:
    for name, columns, rows in PRODUCTS:
        where = sa.text(rows)
        op.create_index(name, 'products', ['user_id', *columns], sqlite_where=where, postgresql_where=where)
    op.create_index('ix_blobs_user_id_file_size', 'blobs', ['user_id', 'file_size'])
    if op.get_bind().dialect.name == 'postgresql':
        _search_on_postgresql()
    else:
        _search_on_sqlite()


def downgrade() -> None:
    is_postgresql = op.get_bind().dialect.name == 'postgresql'
    for table, _ in SEARCHED:
        if is_postgresql:
            op.execute(f'DROP TRIGGER {table}_search ON {table}')
            continue
        for event in ('insert', 'update', 'delete'):
            op.execute(f'DROP TRIGGER {table}_search_{event}')
        op.execute(f'DROP TABLE search_{table}')
        op.execute(f'DROP VIEW search_{table}_texts')
        op.execute(f'DROP TABLE search_{table}_keys')
    if is_postgresql:
        op.execute('DROP FUNCTION keep_search_vector')
        for name, _, _ in GIN:
            op.execute(f'DROP INDEX {name}')
    op.drop_index('ix_blobs_user_id_file_size', 'blobs')
    for name, _, _ in PRODUCTS:
        op.drop_index(name, 'products')


def _search_on_postgresql() -> None:
    # The words as they stand, which is what the configuration "simple" is for, without its parser: that one would
    # take some of them apart again, as numbers, addresses or paths.
    op.execute(
        """
        CREATE FUNCTION keep_search_vector() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            NEW.search_vector := array_to_tsvector(
                array_remove(regexp_split_to_array(lower(NEW.search_text), '\\s+'), '')
            );
            RETURN NEW;
        END $$
        """
    )
    for table, _ in SEARCHED:
        op.execute(
            f'CREATE TRIGGER {table}_search BEFORE INSERT OR UPDATE OF search_text, search_vector ON {table} '
            'FOR EACH ROW EXECUTE FUNCTION keep_search_vector()'
        )
        op.execute(f'UPDATE {table} SET search_text = search_text')
    for name, table, what in GIN:
        op.execute(f'CREATE INDEX {name} ON {table} USING gin ({what})')


def _search_on_sqlite() -> None:
    for table, key in SEARCHED:
        op.execute(f'CREATE TABLE search_{table}_keys (key INTEGER PRIMARY KEY, {key} BLOB NOT NULL UNIQUE)')
        op.execute(
            f'CREATE VIEW search_{table}_texts AS SELECT k.key AS key, t.search_text AS search_text '
            f'FROM search_{table}_keys k JOIN {table} t ON t.id = k.{key}'
        )
        # Every character but blanks belongs to a word: what a word is was decided when the text was written.
        op.execute(
            f"CREATE VIRTUAL TABLE search_{table} USING fts5(search_text, content='search_{table}_texts', "
            "content_rowid='key', prefix='2 3', detail=none, "
            "tokenize=\"unicode61 remove_diacritics 0 categories 'L* M* N* P* S* Co'\")"
        )
        number = f'(SELECT key FROM search_{table}_keys WHERE {key} = {{row}}.id)'
        new, old = number.format(row='NEW'), number.format(row='OLD')
        forget = f"INSERT INTO search_{table}(search_{table}, rowid, search_text) VALUES ('delete', {old}, OLD.search_text)"
        learn = f'INSERT INTO search_{table}(rowid, search_text) VALUES ({new}, NEW.search_text)'
        op.execute(
            f'CREATE TRIGGER {table}_search_insert AFTER INSERT ON {table} BEGIN '
            f'INSERT INTO search_{table}_keys({key}) VALUES (NEW.id); {learn}; END'
        )
        op.execute(
            f'CREATE TRIGGER {table}_search_update AFTER UPDATE OF search_text ON {table} '
            f'WHEN OLD.search_text <> NEW.search_text BEGIN {forget}; {learn}; END'
        )
        op.execute(
            f'CREATE TRIGGER {table}_search_delete AFTER DELETE ON {table} BEGIN '
            f'{forget}; DELETE FROM search_{table}_keys WHERE {key} = OLD.id; END'
        )
        op.execute(f'INSERT INTO search_{table}_keys({key}) SELECT id FROM {table} ORDER BY created_at, id')
        op.execute(f"INSERT INTO search_{table}(search_{table}) VALUES ('rebuild')")
